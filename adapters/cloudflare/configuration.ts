import type { ClusterEvents } from "../../core/index.ts";

/** Cluster events that name the version that was published. */
export const configurationChannel = "configuration";

/** A configuration document and the name of its version. */
export interface PublishedConfiguration {
  readonly version: string;
  /** In Kong's declarative format. */
  readonly text: string;
}

const pointerKey = "current";
const documentKey = (version: string): string => `snap:${version}`;

/** Shortest time that KV keeps a value in a location's cache, in seconds. */
const minCacheSeconds = 30;

/**
 * Configurations in Workers KV: each under a key of its own that never changes, and a pointer to the newest. KV is
 * weak: another location may see the old pointer for a minute, but never half a configuration.
 */
export class KvConfigurations {
  private readonly kv: KVNamespace;
  private readonly events: Pick<ClusterEvents, "broadcast"> | undefined;

  /** @param events Tell isolates of what is published, sooner than KV does. */
  constructor(kv: KVNamespace, events?: Pick<ClusterEvents, "broadcast">) {
    this.kv = kv;
    this.events = events;
  }

  /** The version that the pointer names; undefined when nothing was published. */
  async currentVersion(): Promise<string | undefined> {
    return (await this.kv.get(pointerKey, { cacheTtl: minCacheSeconds })) ?? undefined;
  }

  /** The newest configuration that this location can see whole; undefined when there is none. */
  async current(): Promise<PublishedConfiguration | undefined> {
    const version = await this.currentVersion();
    return version === undefined ? undefined : this.find(version);
  }

  /** A version; undefined while this location can't see it. */
  async find(version: string): Promise<PublishedConfiguration | undefined> {
    const text = await this.kv.get(documentKey(version));
    return text === null ? undefined : { version, text };
  }

  /** The document first, then the pointer, then the news: who hears of it finds it, as far as KV has spread it. */
  async publish({ version, text }: PublishedConfiguration): Promise<void> {
    await this.kv.put(documentKey(version), text);
    await this.kv.put(pointerKey, version);
    await this.events?.broadcast(configurationChannel, version);
  }
}

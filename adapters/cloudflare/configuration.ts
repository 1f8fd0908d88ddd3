import type { ClusterEvents } from "../../core/index.ts";

/** Cluster events that name the version that was published. */
export const configurationChannel = "configuration";

/** A whole configuration and the name of its version. */
export interface PublishedConfiguration {
  /** Numbers with dots between them, compared one by one: see {@link isNewer}. */
  readonly version: string;
  /** Checked rows as JSON: by the name of their entity, each by id. */
  readonly text: string;
}

const newestKey = "current";
const versionKey = (version: string): string => `snap:${version}`;

/** Shortest time that KV keeps a value in a location's cache, in seconds. */
const minCacheSeconds = 30;
/** Seconds that a version stays under its own name: who hears of it later takes the newest one. */
const versionSeconds = 24 * 60 * 60;

/** Whether a version comes after another one; after none at all every version does. */
export const isNewer = (version: string, than: string | undefined): boolean => {
  if (than === undefined) return true;
  const [left, right] = [version, than].map((text) => text.split(".").map(Number)) as [number[], number[]];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
};

/**
 * Configurations in Workers KV: each under a name of its own that never changes, and the newest one whole under a name
 * that does, so that an isolate begins with one read. KV is weak: another location may see an old one for a minute, but
 * never half a configuration.
 */
export class KvConfigurations {
  private readonly kv: KVNamespace;
  private readonly events: Pick<ClusterEvents, "broadcast"> | undefined;

  /** @param events Tell isolates of what is published, sooner than KV does. */
  constructor(kv: KVNamespace, events?: Pick<ClusterEvents, "broadcast">) {
    this.kv = kv;
    this.events = events;
  }

  /**
   * The newest configuration that this location can see.
   *
   * @param known A version that need not be read, nor what came before it.
   * @returns Undefined when there is none, or none that is newer.
   */
  async newest(known?: string): Promise<PublishedConfiguration | undefined> {
    const { value, metadata } = await this.kv.getWithMetadata<{ version: string }>(newestKey, {
      type: "stream",
      cacheTtl: minCacheSeconds,
    });
    if (value === null) return undefined;
    const version = metadata?.version;
    if (version !== undefined && isNewer(version, known))
      return { version, text: await new Response(value).text() };
    await value.cancel();
    return undefined;
  }

  /** A version; undefined while this location can't see it. */
  async find(version: string): Promise<PublishedConfiguration | undefined> {
    const text = await this.kv.get(versionKey(version));
    return text === null ? undefined : { version, text };
  }

  /**
   * Under its own name first, then the news, then as the newest: who hears of it finds it, as far as KV has spread it.
   *
   * @throws What KV throws for the newest, which takes one write a second; isolates that run have the news by then.
   */
  async publish({ version, text }: PublishedConfiguration): Promise<void> {
    await this.kv.put(versionKey(version), text, { expirationTtl: versionSeconds });
    await this.events?.broadcast(configurationChannel, version);
    await this.kv.put(newestKey, text, { metadata: { version } });
  }
}

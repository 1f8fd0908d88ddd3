import type { Clock } from "../../core/index.ts";

interface Kept {
  readonly value: string | Uint8Array;
  readonly metadata: unknown;
}

type Options = { readonly metadata?: unknown; readonly expirationTtl?: number };

/** What Workers KV may show at its worst: each location keeps what it read, and that there was nothing, for a minute. */
export class KvDouble {
  private readonly clock: Pick<Clock, "nowMs">;
  private readonly central = new Map<string, Kept>();

  constructor(clock: Pick<Clock, "nowMs">) {
    this.clock = clock;
  }

  /** KV as one location sees it. */
  location(): KVNamespace {
    const seen = new Map<string, { readonly kept: Kept | undefined; readonly untilMs: number }>();
    const { central, clock } = this;
    const read = (key: string): Kept | undefined => {
      const known = seen.get(key);
      if (known !== undefined && known.untilMs > clock.nowMs()) return known.kept;
      const kept = central.get(key);
      seen.set(key, { kept, untilMs: clock.nowMs() + 60_000 });
      return kept;
    };
    const bytes = (value: string | Uint8Array): ArrayBuffer => {
      return new Uint8Array(typeof value === "string" ? new TextEncoder().encode(value) : value).buffer;
    };
    const kv = {
      get: async (key: string) => {
        const kept = read(key);
        return kept === undefined ? null : new TextDecoder().decode(bytes(kept.value));
      },
      getWithMetadata: async (key: string, options?: { readonly type?: string }) => {
        const kept = read(key);
        if (kept === undefined) return { value: null, metadata: null };
        const value = bytes(kept.value);
        const { metadata } = kept;
        return { value: options?.type === "stream" ? new Response(value).body : value, metadata };
      },
      put: (key: string, value: string | Uint8Array, { metadata, expirationTtl = 60 }: Options) => {
        if (expirationTtl < 60) return Promise.reject(new Error("Invalid expiration_ttl"));
        central.set(key, { value, metadata });
        return Promise.resolve();
      },
      delete: (key: string) => Promise.resolve(void central.delete(key)),
    };
    return kv as never;
  }
}

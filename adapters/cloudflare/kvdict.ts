import type { Clock, DictValue, WeakDict, Written } from "../../core/index.ts";

/** What stands beside a value in KV. */
interface Facts {
  readonly kind: "text" | "json" | "bytes";
  /** Milliseconds since the epoch; absent for never. */
  readonly expiresAtMs?: number;
}

const maxKeyBytes = 512;

/**
 * Values in Workers KV, which spreads them over the world in its own time. A location may read for a minute what was
 * there before, and "nothing" as well: for what never changes under its key, not for what has to be read as written.
 */
export class KvDict implements WeakDict {
  readonly minTtlMs = 60_000;
  readonly stalenessMs = 60_000;
  private readonly kv: KVNamespace;
  private readonly clock: Pick<Clock, "nowMs">;
  private readonly prefix: string;

  /** @param name Dicts of different names share nothing. It counts for KV's limit of 512 bytes a key. */
  constructor(kv: KVNamespace, clock: Pick<Clock, "nowMs">, name: string) {
    this.kv = kv;
    this.clock = clock;
    this.prefix = `dict:${name}:`;
  }

  async get(key: string): Promise<DictValue | undefined> {
    const { value, metadata } = await this.kv.getWithMetadata<Facts>(this.keyOf(key), "arrayBuffer");
    if (value === null || metadata === null) return undefined;
    // KV counts in seconds, and a location may keep what is over.
    if ((metadata.expiresAtMs ?? Infinity) <= this.clock.nowMs()) return undefined;
    if (metadata.kind === "bytes") return new Uint8Array(value);
    const text = new TextDecoder().decode(value);
    return metadata.kind === "text" ? text : (JSON.parse(text) as DictValue);
  }

  /** Flags are not kept. A text with half of a surrogate pair is kept as JSON. */
  async set(key: string, value: DictValue, ttlMs = Infinity): Promise<Written> {
    if (!(ttlMs >= this.minTtlMs)) throw new RangeError(`KV keeps nothing for less than ${this.minTtlMs} ms`);
    const isText = typeof value === "string" && value.isWellFormed();
    const kind = isText ? "text" : value instanceof Uint8Array ? "bytes" : "json";
    const isEndless = ttlMs === Infinity;
    const metadata: Facts = { kind, ...(!isEndless && { expiresAtMs: this.clock.nowMs() + ttlMs }) };
    const stored = kind === "json" ? JSON.stringify(value) : (value as string | Uint8Array);
    await this.kv.put(this.keyOf(key), stored, {
      metadata,
      ...(!isEndless && { expirationTtl: Math.ceil(ttlMs / 1000) }),
    });
    return "stored";
  }

  async delete(key: string): Promise<void> {
    await this.kv.delete(this.keyOf(key));
  }

  async clear(prefix: string): Promise<void> {
    const full = this.keyOf(prefix);
    for (let cursor: string | undefined; ;) {
      const page = await this.kv.list({ prefix: full, ...(cursor !== undefined && { cursor }) });
      for (const { name } of page.keys) await this.kv.delete(name);
      if (page.list_complete) return;
      ({ cursor } = page);
    }
  }

  private keyOf(key: string): string {
    const full = this.prefix + key;
    if (new TextEncoder().encode(full).byteLength > maxKeyBytes)
      throw new RangeError("KV's keys have at most 512 bytes");
    return full;
  }
}

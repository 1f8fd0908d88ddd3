import type { DictValue, WeakDict } from "../ports/shareddict.ts";
import { whenReady } from "../ready.ts";
import { type CacheRecord, type Codec, decodeRecord, encodeRecord } from "./record.ts";

/** The level between workers: values in one dict, "there is none" in another if there are two. */
export class SharedLevel<T> {
  private readonly hits: WeakDict;
  private readonly misses: WeakDict;
  private readonly codec: Codec<T>;
  private readonly prefix: string;

  constructor(name: string, hits: WeakDict, misses: WeakDict, codec: Codec<T>) {
    this.hits = hits;
    this.misses = misses;
    this.codec = codec;
    // The length first: no name and key together look like another name and key.
    this.prefix = `${name.length}:${name}:`;
  }

  get(key: string): CacheRecord<T> | undefined | Promise<CacheRecord<T> | undefined> {
    const full = this.prefix + key;
    const decode = (text: DictValue | undefined): CacheRecord<T> | undefined =>
      typeof text === "string" ? decodeRecord(text, this.codec) : undefined;
    return whenReady(this.hits.get(full), (text) => {
      if (text !== undefined || this.misses === this.hits) return decode(text);
      return whenReady(this.misses.get(full), decode);
    });
  }

  /** @param ttlMs Milliseconds that the dict keeps it: longer than it is fresh when it may be resurrected. */
  async set(key: string, record: CacheRecord<T>, ttlMs: number): Promise<void> {
    const full = this.prefix + key;
    const [to, other] = record.value === undefined ? [this.misses, this.hits] : [this.hits, this.misses];
    await to.set(full, encodeRecord(record, this.codec), ttlMs);
    if (other !== to) await other.delete(full);
  }

  async delete(key: string): Promise<void> {
    await this.hits.delete(this.prefix + key);
    if (this.misses !== this.hits) await this.misses.delete(this.prefix + key);
  }

  async clear(): Promise<void> {
    await this.hits.clear(this.prefix);
    if (this.misses !== this.hits) await this.misses.clear(this.prefix);
  }
}

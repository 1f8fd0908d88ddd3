import type { Clock, DictEntry, DictValue, SharedDict, StaleEntry, Written } from "../../core/index.ts";
import { DictWrites, type WriteCondition } from "../../core/ports/dictwrites.ts";

/** An entry, between the one used after it and the one used before it. */
interface Entry {
  readonly key: string;
  value: DictValue | DictValue[];
  flags: number;
  /** Milliseconds since the epoch; Infinity for never. */
  expiresAtMs: number;
  sizeBytes: number;
  newer: Entry;
  older: Entry;
}

const maxKeyLength = 65_535;
const entryBytes = 96;
const sizeOf = (value: DictValue): number =>
  typeof value === "string" ? 2 * value.length : value instanceof Uint8Array ? value.byteLength : 8;
const copyOf = (value: DictValue): DictValue => (value instanceof Uint8Array ? value.slice() : value);
const isOver = (entry: Entry, nowMs: number): boolean => entry.expiresAtMs <= nowMs;

const checkKey = (key: string): void => {
  if (key.length > maxKeyLength) throw new RangeError("key too long");
};

const single = (entry: Entry): DictValue => {
  if (Array.isArray(entry.value)) throw new TypeError("value is a list");
  return copyOf(entry.value);
};

/** A dict of one process or isolate. */
export class MemorySharedDict extends DictWrites implements SharedDict {
  readonly minTtlMs = 1;
  readonly stalenessMs = 0;
  readonly evicts = "least recently used";
  readonly capacityBytes: number;
  private readonly clock: Pick<Clock, "nowMs">;
  private readonly entries = new Map<string, Entry>();
  /** The ring's anchor: older than it is the newest entry, newer than it the oldest. */
  private readonly ring: Entry;
  private usedBytes = 0;
  private evicted = 0;

  /** @param capacityBytes Default 16 MiB: some 50,000 counters with keys of 100 characters. An estimate is counted. */
  constructor(clock: Pick<Clock, "nowMs">, capacityBytes = 16 * 1024 * 1024) {
    super();
    this.clock = clock;
    this.capacityBytes = capacityBytes;
    const ring = { key: "", value: 0, flags: 0, expiresAtMs: Infinity, sizeBytes: 0 } as unknown as Entry;
    ring.newer = ring.older = ring;
    this.ring = ring;
  }

  get(key: string): DictValue | undefined {
    const entry = this.live(key);
    return entry && single(this.use(entry));
  }

  getWithFlags(key: string): DictEntry | undefined {
    const entry = this.live(key);
    return entry && { value: single(this.use(entry)), flags: entry.flags };
  }

  getStale(key: string): StaleEntry | undefined {
    const entry = this.entries.get(key);
    return entry && { value: single(entry), flags: entry.flags, isStale: isOver(entry, this.clock.nowMs()) };
  }

  delete(key: string): void {
    const entry = this.entries.get(key);
    if (entry !== undefined) this.drop(entry);
  }

  clear(prefix: string): void {
    for (const [key, entry] of this.entries) if (key.startsWith(prefix)) this.drop(entry);
  }

  incr(key: string, by: number, init: number, initTtlMs?: number): number;
  incr(key: string, by: number): number | undefined;
  incr(key: string, by: number, init?: number, initTtlMs?: number): number | undefined {
    const entry = this.live(key);
    if (entry === undefined) {
      if (init === undefined) return undefined;
      if (this.write("always", true, key, init + by, initTtlMs) === "full") throw new RangeError("no memory");
      return init + by;
    }
    if (typeof entry.value !== "number") throw new TypeError("not a number");
    this.use(entry);
    return (entry.value += by);
  }

  lpush(key: string, value: DictValue): number | undefined {
    return this.push(key, value, (list, copy) => list.unshift(copy));
  }

  rpush(key: string, value: DictValue): number | undefined {
    return this.push(key, value, (list, copy) => list.push(copy));
  }

  lpop(key: string): DictValue | undefined {
    return this.pop(key, (list) => list.shift());
  }

  rpop(key: string): DictValue | undefined {
    return this.pop(key, (list) => list.pop());
  }

  llen(key: string): number {
    return this.list(key)?.length ?? 0;
  }

  ttl(key: string): number | undefined {
    const entry = this.live(key);
    return entry && entry.expiresAtMs - this.clock.nowMs();
  }

  expire(key: string, ttlMs: number): boolean {
    const expiresAtMs = this.end(ttlMs);
    const entry = this.live(key);
    if (entry !== undefined) entry.expiresAtMs = expiresAtMs;
    return entry !== undefined;
  }

  flushAll(): void {
    for (const entry of this.entries.values()) entry.expiresAtMs = -Infinity;
  }

  flushExpired(max = Infinity): number {
    const nowMs = this.clock.nowMs();
    let freed = 0;
    for (let entry = this.ring.newer; entry !== this.ring && freed < max; entry = entry.newer) {
      if (!isOver(entry, nowMs)) continue;
      this.drop(entry);
      freed++;
    }
    return freed;
  }

  keys(max = 1024): string[] {
    const nowMs = this.clock.nowMs();
    const found: string[] = [];
    for (const [key, entry] of this.entries) {
      if (found.length >= max) break;
      if (!isOver(entry, nowMs)) found.push(key);
    }
    return found;
  }

  freeBytes(): number {
    return this.capacityBytes - this.usedBytes;
  }

  evictions(): number {
    return this.evicted;
  }

  private live(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    return entry === undefined || isOver(entry, this.clock.nowMs()) ? undefined : entry;
  }

  private end(ttlMs: number): number {
    if (!(ttlMs > 0)) throw new RangeError("ttlMs must be more than 0");
    return this.clock.nowMs() + ttlMs;
  }

  protected write(
    when: WriteCondition,
    mayEvict: boolean,
    key: string,
    value: DictValue,
    ttlMs = Infinity,
    flags = 0,
  ): Written {
    checkKey(key);
    const expiresAtMs = this.end(ttlMs);
    if (when !== "always" && (this.live(key) === undefined) !== (when === "absent"))
      return when === "absent" ? "exists" : "absent";
    const sizeBytes = entryBytes + 2 * key.length + sizeOf(value);
    const old = this.entries.get(key);
    if (old !== undefined) this.drop(old);
    const before = this.evicted;
    if (!this.makeRoom(sizeBytes, mayEvict)) return "full";
    this.insert(key, copyOf(value), flags >>> 0, expiresAtMs, sizeBytes);
    return this.evicted > before ? "evicting" : "stored";
  }

  private insert(
    key: string,
    value: DictValue | DictValue[],
    flags: number,
    expiresAtMs: number,
    sizeBytes: number,
  ) {
    const { ring } = this;
    const entry: Entry = { key, value, flags, expiresAtMs, sizeBytes, newer: ring, older: ring };
    this.link(entry);
    this.entries.set(key, entry);
    this.usedBytes += sizeBytes;
    return entry;
  }

  /** From the least recently used on: live or over, as Kong's dicts do. Without eviction: only what is over. */
  private makeRoom(sizeBytes: number, mayEvict: boolean): boolean {
    if (sizeBytes > this.capacityBytes) return false;
    const nowMs = this.clock.nowMs();
    for (let entry = this.ring.newer; entry !== this.ring; entry = entry.newer) {
      if (this.usedBytes + sizeBytes <= this.capacityBytes) return true;
      const isDue = isOver(entry, nowMs);
      if (!isDue && !mayEvict) continue;
      if (!isDue) this.evicted++;
      this.drop(entry);
    }
    return this.usedBytes + sizeBytes <= this.capacityBytes;
  }

  private list(key: string): DictValue[] | undefined {
    const entry = this.live(key);
    if (entry === undefined) return undefined;
    if (!Array.isArray(entry.value)) throw new TypeError("value not a list");
    this.use(entry);
    return entry.value;
  }

  private push(
    key: string,
    value: DictValue,
    put: (list: DictValue[], value: DictValue) => number,
  ): number | undefined {
    checkKey(key);
    const isNew = this.list(key) === undefined;
    const headBytes = isNew ? entryBytes + 2 * key.length : 0;
    const sizeBytes = entryBytes + sizeOf(value);
    if (isNew) this.delete(key);
    if (!this.makeRoom(headBytes + sizeBytes, false)) return undefined;
    const entry = isNew ? this.insert(key, [], 0, Infinity, headBytes) : this.entries.get(key)!;
    entry.sizeBytes += sizeBytes;
    this.usedBytes += sizeBytes;
    return put(entry.value as DictValue[], copyOf(value));
  }

  private pop(key: string, take: (list: DictValue[]) => DictValue | undefined): DictValue | undefined {
    const list = this.list(key);
    if (list === undefined) return undefined;
    const entry = this.entries.get(key)!;
    const value = take(list)!;
    const sizeBytes = entryBytes + sizeOf(value);
    entry.sizeBytes -= sizeBytes;
    this.usedBytes -= sizeBytes;
    if (list.length === 0) this.drop(entry);
    return value;
  }

  private use(entry: Entry): Entry {
    if (this.ring.older === entry) return entry;
    entry.newer.older = entry.older;
    entry.older.newer = entry.newer;
    this.link(entry);
    return entry;
  }

  private link(entry: Entry): void {
    const { ring } = this;
    entry.newer = ring;
    entry.older = ring.older;
    ring.older.newer = entry;
    ring.older = entry;
  }

  private drop(entry: Entry): void {
    entry.newer.older = entry.older;
    entry.older.newer = entry.newer;
    this.entries.delete(entry.key);
    this.usedBytes -= entry.sizeBytes;
  }
}

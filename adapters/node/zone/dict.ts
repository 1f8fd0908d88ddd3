import type { Clock, DictEntry, DictValue, SharedDict, StaleEntry, Written } from "../../../core/index.ts";
import { DictWrites, type WriteCondition } from "../../../core/ports/dictwrites.ts";
import { freeLatch } from "./latch.ts";
import { entryNumber, entryWord, shardHead } from "./layout.ts";
import { Lists } from "./lists.ts";
import { makeRoom } from "./room.ts";
import { Shards } from "./shards.ts";
import { Sweep } from "./sweep.ts";
import { kinds, Parcel } from "./value.ts";

const endOf = (nowMs: number, ttlMs: number): number => {
  if (!(ttlMs > 0)) throw new RangeError("ttlMs must be more than 0");
  return nowMs + ttlMs;
};

/**
 * A dict that all threads of a process share, in the memory of {@link createZone}. Keys are spread over shards with a
 * latch each, and each shard has its own room: `full` and eviction look at the shard of the key.
 *
 * A thread that ends inside of a call holds up nobody, but what its shard held is lost if links were being rewritten.
 */
export class ZoneDict extends DictWrites implements SharedDict {
  readonly minTtlMs = 1;
  readonly stalenessMs = 0;
  readonly evicts = "least recently used";
  readonly capacityBytes: number;
  private readonly clock: Pick<Clock, "nowMs">;
  private readonly shards: Shards;
  private readonly lists: Lists;
  private readonly sweep: Sweep;
  private readonly parcel = new Parcel();

  /**
   * @param zone The same for all threads.
   * @param owner From 1 to 2^20, another one for each thread that lives.
   */
  constructor(zone: SharedArrayBuffer, clock: Pick<Clock, "nowMs">, owner: number) {
    super();
    this.clock = clock;
    this.shards = new Shards(zone, owner);
    this.lists = new Lists(this.shards);
    this.sweep = new Sweep(this.shards);
    this.capacityBytes = zone.byteLength;
  }

  get(key: string): DictValue | undefined {
    return this.read(key) < 0 ? undefined : this.parcel.unpack();
  }

  getWithFlags(key: string): DictEntry | undefined {
    const flags = this.read(key);
    return flags < 0 ? undefined : { value: this.parcel.unpack(), flags };
  }

  /** Brings a live value into the parcel. @returns Its flags, -1 for none. */
  private read(key: string): number {
    const { shards } = this;
    const nowMs = this.clock.nowMs();
    const shard = shards.enter(key);
    try {
      const entry = shards.find(shard);
      if (entry === 0 || shards.isOver(entry, nowMs)) return -1;
      shards.use(shard, entry);
      shards.load(entry, this.parcel);
      return shards.words[entry + entryWord.flags]! >>> 0;
    } finally {
      shards.leave(shard);
    }
  }

  getStale(key: string): StaleEntry | undefined {
    const { shards } = this;
    const nowMs = this.clock.nowMs();
    const shard = shards.enter(key);
    let [flags, isStale] = [0, false];
    try {
      const entry = shards.find(shard);
      if (entry === 0) return undefined;
      shards.load(entry, this.parcel);
      flags = shards.words[entry + entryWord.flags]! >>> 0;
      isStale = shards.isOver(entry, nowMs);
    } finally {
      shards.leave(shard);
    }
    return { value: this.parcel.unpack(), flags, isStale };
  }

  protected write(
    when: WriteCondition,
    mayEvict: boolean,
    key: string,
    value: DictValue,
    ttlMs = Infinity,
    flags = 0,
  ): Written {
    const { shards, parcel } = this;
    const nowMs = this.clock.nowMs();
    const expiresAtMs = endOf(nowMs, ttlMs);
    parcel.pack(value);
    const shard = shards.enter(key);
    try {
      const entry = shards.find(shard);
      const isLive = entry !== 0 && !shards.isOver(entry, nowMs);
      if (when === "absent" && isLive) return "exists";
      if (when === "live" && !isLive) return "absent";
      return this.put(shard, entry, mayEvict, nowMs, flags, expiresAtMs);
    } finally {
      shards.leave(shard);
    }
  }

  /** Puts the parcel under the key that was entered with. @param old What is there, 0 for nothing. */
  private put(
    shard: number,
    old: number,
    mayEvict: boolean,
    nowMs: number,
    flags: number,
    expiresAtMs: number,
  ): Written {
    const { shards, parcel } = this;
    const blocks = shards.blocksFor(parcel);
    let entry = old;
    let isEvicting = false;
    shards.change(shard, 1);
    if (old !== 0 && (shards.blocksOf(old) !== blocks || shards.kind(old) === kinds.list)) {
      shards.drop(shard, old);
      entry = 0;
    }
    if (entry === 0) {
      if (shards.freeBlocks(shard) < blocks) {
        const evictedBefore = shards.words[shard + shardHead.evicted]!;
        if (!makeRoom(shards, shard, blocks, nowMs, mayEvict)) {
          shards.change(shard, 0);
          return "full";
        }
        isEvicting = shards.words[shard + shardHead.evicted] !== evictedBefore;
      }
      entry = shards.take(shard, blocks);
      shards.fill(entry, parcel, flags, expiresAtMs, shards.key);
      shards.insert(shard, entry);
    } else {
      // As many blocks as before: written over in place.
      shards.fill(entry, parcel, flags, expiresAtMs, shards.key);
      shards.use(shard, entry);
    }
    shards.change(shard, 0);
    return isEvicting ? "evicting" : "stored";
  }

  incr(key: string, by: number, init: number, initTtlMs?: number): number;
  incr(key: string, by: number): number | undefined;
  incr(key: string, by: number, init?: number, initTtlMs = Infinity): number | undefined {
    const { shards, parcel } = this;
    const nowMs = this.clock.nowMs();
    const shard = shards.enter(key);
    try {
      const entry = shards.find(shard);
      if (entry !== 0 && !shards.isOver(entry, nowMs)) {
        if (shards.kind(entry) !== kinds.number) throw new TypeError("not a number");
        shards.use(shard, entry);
        return (shards.numbers[entry / 2 + entryNumber.value]! += by);
      }
      if (init === undefined) return undefined;
      const expiresAtMs = endOf(nowMs, initTtlMs);
      parcel.pack(init + by);
      if (this.put(shard, entry, true, nowMs, 0, expiresAtMs) === "full") throw new RangeError("no memory");
      return init + by;
    } finally {
      shards.leave(shard);
    }
  }

  delete(key: string): void {
    const { shards } = this;
    const shard = shards.enter(key);
    try {
      const entry = shards.find(shard);
      if (entry !== 0) this.sweep.drop(shard, entry);
    } finally {
      shards.leave(shard);
    }
  }

  lpush(key: string, value: DictValue): number | undefined {
    return this.lists.push(key, value, true, this.clock.nowMs());
  }

  rpush(key: string, value: DictValue): number | undefined {
    return this.lists.push(key, value, false, this.clock.nowMs());
  }

  lpop(key: string): DictValue | undefined {
    return this.lists.pop(key, true, this.clock.nowMs());
  }

  rpop(key: string): DictValue | undefined {
    return this.lists.pop(key, false, this.clock.nowMs());
  }

  llen(key: string): number {
    return this.lists.length(key, this.clock.nowMs());
  }

  ttl(key: string): number | undefined {
    const { shards } = this;
    const nowMs = this.clock.nowMs();
    const shard = shards.enter(key);
    try {
      const entry = shards.find(shard);
      if (entry === 0 || shards.isOver(entry, nowMs)) return undefined;
      return shards.numbers[entry / 2 + entryNumber.expiresAtMs]! - nowMs;
    } finally {
      shards.leave(shard);
    }
  }

  expire(key: string, ttlMs: number): boolean {
    return this.expireIf(key, undefined, ttlMs);
  }

  /** As `expire`, only if that number is there. @param expected Undefined: whatever is there. */
  expireIf(key: string, expected: number | undefined, ttlMs: number): boolean {
    const expiresAtMs = endOf(this.clock.nowMs(), ttlMs);
    return this.alter(key, expected, (_, entry) => {
      this.shards.numbers[entry / 2 + entryNumber.expiresAtMs] = expiresAtMs;
    });
  }

  /** Deletes a live number, if it is that number. @returns Whether it was. */
  deleteIf(key: string, expected: number): boolean {
    return this.alter(key, expected, (shard, entry) => this.sweep.drop(shard, entry));
  }

  /** @param expected The number that has to be there; undefined for anything. */
  private alter(
    key: string,
    expected: number | undefined,
    change: (shard: number, entry: number) => void,
  ): boolean {
    const { shards } = this;
    const nowMs = this.clock.nowMs();
    const shard = shards.enter(key);
    try {
      const entry = shards.find(shard);
      if (entry === 0 || shards.isOver(entry, nowMs)) return false;
      if (expected !== undefined && shards.numbers[entry / 2 + entryNumber.value] !== expected) return false;
      change(shard, entry);
      return true;
    } finally {
      shards.leave(shard);
    }
  }

  clear(prefix: string): void {
    this.sweep.clear(prefix);
  }

  flushAll(): void {
    this.sweep.flushAll();
  }

  flushExpired(max = Infinity): number {
    return this.sweep.flushExpired(max, this.clock.nowMs());
  }

  keys(max = 1024): string[] {
    return this.sweep.keys(max, this.clock.nowMs());
  }

  freeBytes(): number {
    return this.sweep.sum((shard) => this.shards.freeBytes(shard));
  }

  evictions(): number {
    return this.sweep.sum((shard) => this.shards.words[shard + shardHead.evicted]!);
  }

  /** How often a shard was emptied because a thread ended while it rewrote links there. */
  resets(): number {
    return this.sweep.sum((shard) => this.shards.words[shard + shardHead.resets]!);
  }

  /** Lets go of the shards that a thread was in when it ended. Call it for every zone when a thread ended. */
  free(owner: number): void {
    for (let i = 0; i < this.shards.geometry.shards; i++)
      freeLatch(this.shards.words, this.shards.at(i), owner);
  }
}

import type { Ready } from "../ready.ts";

/** What a dict keeps under a key, besides lists. Texts are kept exactly, bytes are copied in and out. */
export type DictValue = string | number | boolean | Uint8Array;

/**
 * How a write ended.
 *
 * - `stored`: it is there.
 * - `evicting`: it is there, and live entries had to give way.
 * - `exists`: nothing was written, the key is live.
 * - `absent`: nothing was written, the key is not live.
 * - `full`: nothing was written: there is no room, or the entry alone is larger than all the room. What it should have
 *   replaced is gone.
 */
export type Written = "stored" | "evicting" | "exists" | "absent" | "full";

/** A value with what was kept beside it. */
export interface DictEntry {
  readonly value: DictValue;
  /** A number of 32 bits without sign that the writer chose, 0 by default. */
  readonly flags: number;
}

/** An entry that may be over. */
export interface StaleEntry extends DictEntry {
  readonly isStale: boolean;
}

/**
 * Values under keys, which many read and few write.
 *
 * Keys are texts of at most 65,535 characters: longer ones throw RangeError. Times are milliseconds, more than 0
 * (RangeError else); Infinity, the default, keeps an entry until it is deleted or gives way. What is at hand comes at
 * once, otherwise as a promise: continue with `whenReady`.
 */
export interface WeakDict {
  /** Shortest time that an entry can be kept; a shorter one throws RangeError. Memory: 1. Workers KV: 60,000. */
  readonly minTtlMs: number;
  /** A read may miss what was written less than this ago. 0: every read sees every write. Workers KV: 60,000. */
  readonly stalenessMs: number;
  /** Undefined for a key that was never set, whose time is over, or that gave way. TypeError for a list. */
  get(key: string): Ready<DictValue | undefined>;
  /** Puts a value in the place of whatever is there. */
  set(key: string, value: DictValue, ttlMs?: number, flags?: number): Ready<Written>;
  /** Nothing happens when the key is absent. */
  delete(key: string): Ready<void>;
  /** Forgets every key that begins with `prefix`. Looks at every key there is. */
  clear(prefix: string): Ready<void>;
}

/**
 * Values under keys, shared by every worker of a node (at the edge: by those whom the adapter says), with the methods
 * and meanings of OpenResty's `ngx.shared.DICT`. Each call is atomic. An entry that is over stays readable by
 * `getStale` until its room is needed.
 */
export interface SharedDict extends WeakDict {
  /** Bytes for entries, and what keeping them takes. */
  readonly capacityBytes: number;
  /** Which live entry gives way when there is no room. A read counts as a use where that costs nothing. */
  readonly evicts: "least recently used" | "least recently written";
  getWithFlags(key: string): Ready<DictEntry | undefined>;
  /** Also what is over, as long as its room was not needed. Does not count as a use. TypeError for a list. */
  getStale(key: string): Ready<StaleEntry | undefined>;
  /** As `set`, but no live entry gives way: `full` instead. */
  safeSet(key: string, value: DictValue, ttlMs?: number, flags?: number): Ready<Written>;
  /** Writes only where nothing is live: `exists` else. */
  add(key: string, value: DictValue, ttlMs?: number, flags?: number): Ready<Written>;
  /** As `add`, but no live entry gives way: `full` instead. */
  safeAdd(key: string, value: DictValue, ttlMs?: number, flags?: number): Ready<Written>;
  /** Writes only where something is live: `absent` else. */
  replace(key: string, value: DictValue, ttlMs?: number, flags?: number): Ready<Written>;
  /**
   * Adds to a number and returns the sum. Live entries may give way to a key that was absent.
   *
   * @param by May be negative.
   * @param init What an absent key counts as. Without it nothing happens, and the answer is undefined.
   * @param initTtlMs For a key that was absent; one that exists keeps its time.
   * @throws TypeError when something else than a number is there, RangeError when there is no room.
   */
  incr(key: string, by: number, init: number, initTtlMs?: number): Ready<number>;
  incr(key: string, by: number): Ready<number | undefined>;
  /**
   * Puts a value before the others of a list; where nothing is live a list without end begins. No entry gives way.
   *
   * @returns The length; undefined when there is no room.
   * @throws TypeError when something else than a list is there, as the other methods of lists do.
   */
  lpush(key: string, value: DictValue): Ready<number | undefined>;
  /** As `lpush`, behind the others. */
  rpush(key: string, value: DictValue): Ready<number | undefined>;
  /** Takes the first value; undefined when there is none. A list that is empty is no more. */
  lpop(key: string): Ready<DictValue | undefined>;
  /** Takes the last value. */
  rpop(key: string): Ready<DictValue | undefined>;
  /** 0 when there is no list. */
  llen(key: string): Ready<number>;
  /** Milliseconds left, Infinity for no end; undefined when nothing is live. */
  ttl(key: string): Ready<number | undefined>;
  /** Gives a live entry another time from now. @returns Whether there was one. */
  expire(key: string, ttlMs: number): Ready<boolean>;
  /** Every entry is over; `getStale` still finds them. */
  flushAll(): Ready<void>;
  /** Frees the room of entries that are over. @param max The most to free, default all. @returns How many. */
  flushExpired(max?: number): Ready<number>;
  /** Live keys in no particular order. @param max The most to return, default 1,024; Infinity for all. */
  keys(max?: number): Ready<string[]>;
  /** Bytes of no entry at all; what is over still has its room. */
  freeBytes(): Ready<number>;
  /** Live entries that gave way to others so far. */
  evictions(): Ready<number>;
}

import type { Clock } from "../ports/clock.ts";
import type { Lock } from "../ports/lock.ts";
import type { WeakDict } from "../ports/shareddict.ts";
import type { Codec } from "./record.ts";

/** What one cache tells its equals elsewhere. Without a key: everything was purged. */
export interface CacheEvent {
  readonly name: string;
  readonly key?: string;
}

/** How caches of one name on several workers hear of each other. */
export interface CacheEvents {
  /** Calls `handler` for every event of others, and perhaps for one's own. */
  subscribe(handler: (event: CacheEvent) => void): void;
  broadcast(event: CacheEvent): void | Promise<void>;
  /** Hands over what waits. Without it, `update` has nothing to do and throws. */
  poll?(): void | Promise<void>;
}

/** Times of one look-up; each overrides the cache's own. */
export interface CacheTimes {
  /** Milliseconds that a value stays fresh, more than 0; Infinity: until evicted. Default 30,000. */
  readonly ttlMs?: number;
  /** The same for "there is none" (the callback gave undefined). Default 5,000. */
  readonly negTtlMs?: number;
  /** Milliseconds that a stale value is served again after a load failed. Default 0: failures are thrown. Needs `l2`. */
  readonly resurrectTtlMs?: number;
}

export interface MlcacheOptions<T, L = T> extends CacheTimes {
  /** Caches of one name share their entries in `l2`; those of different names never meet. */
  readonly name: string;
  readonly clock: Pick<Clock, "nowMs">;
  /** Entries of the level inside this isolate. Default 100. When it is full, one that was not read for long goes. */
  readonly l1Entries?: number;
  /**
   * Shared by workers. Default none: a miss in L1 asks the callback. One that shows changes late (`stalenessMs` > 0) is
   * for values that never change under their key: `set`, `delete` and `purge` then throw TypeError. What lives shorter
   * than its `minTtlMs` stays in L1.
   */
  readonly l2?: WeakDict;
  /** Where "there is none" is kept, so that a flood of misses evicts no value. Default: `l2`. */
  readonly l2Misses?: WeakDict;
  /** Lets one worker load at a time. Default none: one callback for each isolate. */
  readonly lock?: Lock;
  /** Milliseconds after which another may load, should the first hang. Default 30,000. Its late value isn't kept. */
  readonly leaseMs?: number;
  /** Milliseconds to wait for another's load. Default 5,000. Then: a stale value if allowed, else CacheTimeout. */
  readonly lockTimeoutMs?: number;
  /** Default JSON. */
  readonly codec?: Codec<T>;
  /** Run once for each value that enters L1; callers get its result. What it throws reaches them. */
  readonly l1?: (value: T) => L;
  /** Needed by `set`, `delete` and `purge` of a cache with `l2`: they throw TypeError without it. */
  readonly events?: CacheEvents;
}

/** A callback's value with a time of its own. */
export class Kept<T> {
  readonly value: T | undefined;
  readonly ttlMs: number;

  /** @param ttlMs Milliseconds, for a value and for undefined alike; 0 or less: handed on but not kept. */
  constructor(value: T | undefined, ttlMs: number) {
    this.value = value;
    this.ttlMs = ttlMs;
  }
}

/** Undefined means that there is none, which is kept too. A failure (thrown or rejected) is not. */
export type Load<T> = (key: string) => T | undefined | Kept<T> | Promise<T | undefined | Kept<T>>;

/** Where a value came from. Who waited for another's load gets `l2`: `origin` counts the callbacks that ran. */
export interface Hit<L> {
  readonly value: L | undefined;
  readonly from: "l1" | "l2" | "origin" | "stale";
}

/** The wait for another's load took longer than `lockTimeoutMs`. */
export class CacheTimeout extends Error {
  override readonly name = "CacheTimeout";
}

import type { Ready } from "../ready.ts";

/** A count of what happens in a window of time, with the most that may be. */
export interface CountedWindow {
  readonly key: string;
  readonly limit: number;
  /** Milliseconds until the window is over, more than 0: then the count begins anew. */
  readonly endsInMs: number;
}

export interface Taken {
  readonly isAllowed: boolean;
  /** Of each window: with this one where it was allowed, without it otherwise. */
  readonly counts: readonly number[];
}

export interface Addition {
  readonly key: string;
  /** May be negative, a fraction too. */
  readonly by: number;
  readonly endsInMs: number;
}

/**
 * Counters of rate limits. What is at hand comes at once, otherwise as a promise that rejects when the counters can't be
 * reached.
 */
export interface Counters {
  /**
   * Counts one in each window, or in none when one of them has no room left: however many count at the same time, and
   * wherever, no more than the limit are allowed.
   */
  take(windows: readonly CountedWindow[]): Ready<Taken>;
  /** The counts so far; 0 for a key that was never counted. */
  read(keys: readonly string[]): Ready<number[]>;
  /** Counts whatever the limits are. @returns The sums. */
  add(additions: readonly Addition[]): Ready<number[]>;
}

/** How to reach a Redis server. */
export interface RedisServer {
  readonly host: string;
  readonly port: number;
  /** Milliseconds to wait for a connection or an answer. */
  readonly timeoutMs: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Number of the database. */
  readonly database: number;
  readonly isSecure: boolean;
  readonly isVerified: boolean;
  readonly serverName: string | undefined;
}

/** Counters that hold something open. */
export interface OpenCounters extends Counters {
  /** Harmless when called again. */
  close(): void;
}

/** The places where limits can be counted. */
export interface CounterPlaces {
  /** The memory of the node. */
  readonly local: Counters;
  /** The database; undefined without one. */
  readonly cluster: Counters | undefined;
  /** Undefined where Redis can't be reached. Users of one server share its connection. */
  readonly redis: ((server: RedisServer) => OpenCounters) | undefined;
}

/**
 * Numbers under keys, shared by every worker of a node (at the edge: by those whom the adapter says). Each call is
 * atomic. What is at hand comes at once, otherwise as a promise: continue with `whenReady`.
 */
export interface SharedDict {
  /** Undefined for a key that was never set, whose time is over, or that was evicted. */
  get(key: string): number | undefined | Promise<number | undefined>;
  /** @param ttlMs Milliseconds until the key is forgotten, more than 0. */
  set(key: string, value: number, ttlMs: number): void | Promise<void>;
  /**
   * Adds to a number and returns the sum.
   *
   * @param by May be negative.
   * @param init What an absent key counts as.
   * @param ttlMs Milliseconds until a key that was absent is forgotten; one that exists keeps its time.
   */
  incr(key: string, by: number, init: number, ttlMs: number): number | Promise<number>;
}

/** Texts under keys, shared as far as the adapter says. Each call is atomic; the least recently used gives way. */
export interface SharedTexts {
  /** Undefined for a key that was never set, whose time is over, or that was evicted. */
  get(key: string): string | undefined | Promise<string | undefined>;
  /** @param ttlMs Milliseconds until the key is forgotten, more than 0; Infinity: until it is evicted. */
  set(key: string, text: string, ttlMs: number): void | Promise<void>;
  delete(key: string): void | Promise<void>;
  /** Forgets every key that begins with `prefix`. */
  clear(prefix: string): void | Promise<void>;
}

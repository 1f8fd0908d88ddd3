/**
 * Numbers under keys that the workers of a node (at the edge: the requests of an isolate) share. Each call is atomic and
 * ends at once: what it says is needed while a request waits. Outlives a worker.
 */
export interface HealthBoard {
  /** Undefined for a key that was never set, or whose time is over. */
  get(key: string): number | undefined;
  /** @param ttlMs Milliseconds until the key is forgotten, more than 0; Infinity for never. */
  set(key: string, value: number, ttlMs: number): void;
  /** Adds `by`, to `init` when the key is absent, and returns the sum. */
  incr(key: string, by: number, init: number, ttlMs: number): number;
}

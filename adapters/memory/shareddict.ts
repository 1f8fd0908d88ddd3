import type { Clock, SharedDict } from "../../core/index.ts";

interface Entry {
  value: number;
  readonly expiresAtMs: number;
}

/** Counters of one process or isolate. When it is full the oldest goes. */
export class MemorySharedDict implements SharedDict {
  private readonly clock: Clock;
  private readonly maxEntries: number;
  private readonly entries = new Map<string, Entry>();

  /** @param maxEntries Default 100,000: some 15 MB with keys of 100 characters. */
  constructor(clock: Clock, maxEntries = 100_000) {
    this.clock = clock;
    this.maxEntries = maxEntries;
  }

  private find(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || entry.expiresAtMs > this.clock.nowMs()) return entry;
    this.entries.delete(key);
    return undefined;
  }

  get(key: string): number | undefined {
    return this.find(key)?.value;
  }

  set(key: string, value: number, ttlMs: number): void {
    this.entries.delete(key);
    if (this.entries.size >= this.maxEntries) this.entries.delete(this.entries.keys().next().value!);
    this.entries.set(key, { value, expiresAtMs: this.clock.nowMs() + ttlMs });
  }

  incr(key: string, by: number, init: number, ttlMs: number): number {
    const entry = this.find(key);
    if (entry !== undefined) return (entry.value += by);
    this.set(key, init + by, ttlMs);
    return init + by;
  }
}

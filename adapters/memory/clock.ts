import type { Clock } from "../../core/index.ts";

/** A clock that stands still until it is moved. */
export class MemoryClock implements Clock {
  private time: number;
  private readonly start: number;

  /** @param startMs Milliseconds since the epoch. */
  constructor(startMs = 1_700_000_000_000) {
    this.time = startMs;
    this.start = startMs;
  }

  nowMs(): number {
    return this.time;
  }

  monotonicMs(): number {
    return this.time - this.start;
  }

  advance(ms: number): void {
    this.time += ms;
  }
}

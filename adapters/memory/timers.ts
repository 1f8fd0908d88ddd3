import type { Cancel, Timers } from "../../core/index.ts";
import type { MemoryClock } from "./clock.ts";

interface Job {
  dueMs: number;
  readonly intervalMs: number | undefined;
  readonly work: () => void | Promise<void>;
}

/** Timers that fire when {@link MemoryTimers.advance} moves the clock past them. */
export class MemoryTimers implements Timers {
  private readonly clock: MemoryClock;
  private readonly jobs = new Set<Job>();

  constructor(clock: MemoryClock) {
    this.clock = clock;
  }

  at(delayMs: number, _name: string, work: Job["work"]): Cancel {
    return this.add({ dueMs: this.clock.nowMs() + delayMs, intervalMs: undefined, work });
  }

  every(intervalMs: number, _name: string, work: Job["work"]): Cancel {
    return this.add({ dueMs: this.clock.nowMs() + intervalMs, intervalMs, work });
  }

  private add(job: Job): Cancel {
    this.jobs.add(job);
    return () => void this.jobs.delete(job);
  }

  /** Moves the clock by `ms` and runs what became due, in order. */
  async advance(ms: number): Promise<void> {
    const endMs = this.clock.nowMs() + ms;
    for (;;) {
      const [next] = [...this.jobs].filter((job) => job.dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.clock.advance(Math.max(0, next.dueMs - this.clock.nowMs()));
      if (next.intervalMs === undefined) this.jobs.delete(next);
      try {
        await next.work();
      } catch {
        // The next run comes in its turn.
      }
      if (next.intervalMs !== undefined) next.dueMs = this.clock.nowMs() + next.intervalMs;
    }
    this.clock.advance(endMs - this.clock.nowMs());
  }
}

import type { Cancel, Clock, Logger, Timers } from "../../core/index.ts";

interface Job {
  readonly name: string;
  readonly intervalMs: number;
  readonly work: () => void | Promise<void>;
  dueMs: number;
}

/**
 * Repeating work that the alarm of a Durable Object drives, so that it goes on when the object sleeps in between. What
 * runs once runs on the event loop, as it is a part of what runs now.
 */
export class AlarmTimers implements Timers {
  private readonly once: Pick<Timers, "at">;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly jobs = new Set<Job>();

  constructor(once: Pick<Timers, "at">, clock: Clock, logger: Logger) {
    this.once = once;
    this.clock = clock;
    this.logger = logger;
  }

  at(delayMs: number, name: string, work: Job["work"]): Cancel {
    return this.once.at(delayMs, name, work);
  }

  every(intervalMs: number, name: string, work: Job["work"]): Cancel {
    const job: Job = { name, intervalMs, work, dueMs: this.clock.nowMs() + intervalMs };
    this.jobs.add(job);
    return () => void this.jobs.delete(job);
  }

  /** When the alarm has to ring, in milliseconds since the epoch; undefined when there is nothing to do. */
  get nextMs(): number | undefined {
    const next = [...this.jobs].reduce((soonest, { dueMs }) => Math.min(soonest, dueMs), Infinity);
    return next === Infinity ? undefined : next;
  }

  /** Runs what is due. @param isAll Everything: the object slept, and what was due is not known any more. */
  async ring(isAll: boolean): Promise<void> {
    const nowMs = this.clock.nowMs();
    const due = [...this.jobs].filter(({ dueMs }) => isAll || dueMs <= nowMs);
    await Promise.all(due.map((job) => this.run(job)));
  }

  private async run(job: Job): Promise<void> {
    try {
      await job.work();
    } catch (error) {
      this.logger.log("error", `the timer ${job.name} failed`, { error });
    }
    job.dueMs = this.clock.nowMs() + job.intervalMs;
  }
}

import type { Cancel, Logger, Timers } from "../../core/index.ts";

/** The trigger comes each minute. */
const minuteMs = 60_000;

/**
 * Coarse jobs of a Worker, run when its cron trigger comes each minute. They keep no state: whichever isolate is woken
 * runs a job in the minutes whose time is a multiple of its interval.
 */
export class CronTimers implements Pick<Timers, "every"> {
  /** Shortest interval, in milliseconds; others are rounded up to whole minutes. */
  readonly minIntervalMs = minuteMs;
  private readonly logger: Logger;
  private readonly jobs = new Set<{ minutes: number; name: string; work: () => void | Promise<void> }>();

  constructor(logger: Logger) {
    this.logger = logger;
  }

  every(intervalMs: number, name: string, work: () => void | Promise<void>): Cancel {
    const job = { minutes: Math.max(1, Math.ceil(intervalMs / minuteMs)), name, work };
    this.jobs.add(job);
    return () => void this.jobs.delete(job);
  }

  /** @param scheduledMs When the trigger was to come, in milliseconds since the Unix epoch. */
  async ring(scheduledMs: number): Promise<void> {
    const minute = Math.floor(scheduledMs / minuteMs);
    const due = [...this.jobs].filter(({ minutes }) => minute % minutes === 0);
    await Promise.all(
      due.map(async ({ name, work }) => {
        try {
          await work();
        } catch (error) {
          this.logger.log("error", `the timer ${name} failed`, { error });
        }
      }),
    );
  }
}

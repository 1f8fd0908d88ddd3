import type { Clock } from "../ports/clock.ts";
import type { Lease, Lock } from "../ports/lock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { Cancel, Timers } from "../ports/timers.ts";
import { Statistics, type TimerStatistics } from "./statistics.ts";

export interface ScheduleOptions {
  /** What wakes it: the event loop, an alarm. */
  readonly timers: Pick<Timers, "at">;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly random: Pick<Random, "fraction">;
  readonly logger: Logger;
  /** Reaches all those that share jobs. Needed by `isShared`. */
  readonly lock?: Lock;
}

export interface JobOptions {
  /** Share of the interval, at most, that is added at random to each wait: 0.1 for up to a tenth. Default 0. */
  readonly jitter?: number;
  /**
   * Of all who share the lock, one runs the jobs of this name: it keeps a lease from run to run. When it dies, another
   * takes over after at most three intervals. Default false.
   */
  readonly isShared?: boolean;
}

interface Job {
  readonly name: string;
  readonly work: () => void | Promise<void>;
  readonly intervalMs: number | undefined;
  readonly jitter: number;
  /** Milliseconds; undefined when it is not shared. */
  readonly leaseMs: number | undefined;
  lease: Lease | undefined;
  cancel: Cancel;
  isOver: boolean;
}

/** Jobs with names: once or again and again, with jitter, on one of several workers, counted. */
export class Schedule implements Timers {
  private readonly options: ScheduleOptions;
  private readonly jobs = new Set<Job>();
  private readonly counts = new Statistics();

  constructor(options: ScheduleOptions) {
    this.options = options;
  }

  get statistics(): TimerStatistics {
    return this.counts.snapshot;
  }

  at(delayMs: number, name: string, work: () => void | Promise<void>): Cancel {
    return this.add(name, work, undefined, {}, delayMs);
  }

  /** @throws TypeError when it is shared and there is no lock. */
  every(
    intervalMs: number,
    name: string,
    work: () => void | Promise<void>,
    options: JobOptions = {},
  ): Cancel {
    if (options.isShared && this.options.lock === undefined)
      throw new TypeError(`the job ${name} can't be shared without a lock`);
    return this.add(name, work, Math.max(1, intervalMs), options);
  }

  /** Cancels the jobs of a name. @returns Their number. */
  cancel(name: string): number {
    const found = [...this.jobs].filter((job) => job.name === name);
    for (const job of found) this.end(job);
    return found.length;
  }

  /** Cancels every job. Runs under way go on. */
  close(): void {
    for (const job of this.jobs) this.end(job);
  }

  private add(
    name: string,
    work: () => void | Promise<void>,
    intervalMs: number | undefined,
    { jitter = 0, isShared = false }: JobOptions,
    delayMs?: number,
  ): Cancel {
    const job: Job = {
      name,
      work,
      intervalMs,
      jitter,
      // Longer than any wait between two runs: who ran last runs next.
      leaseMs: isShared ? 2 * intervalMs! * (1 + jitter) : undefined,
      lease: undefined,
      cancel: () => undefined,
      isOver: false,
    };
    this.jobs.add(job);
    this.wait(job, delayMs ?? this.waitMs(job));
    return () => this.end(job);
  }

  private waitMs({ intervalMs, jitter }: Job): number {
    return intervalMs! * (1 + (jitter > 0 ? jitter * this.options.random.fraction() : 0));
  }

  private wait(job: Job, delayMs: number): void {
    this.counts.waiting++;
    const cancel = this.options.timers.at(delayMs, job.name, () => {
      this.counts.waiting--;
      job.cancel = () => undefined;
      return this.turn(job);
    });
    job.cancel = () => {
      this.counts.waiting--;
      cancel();
    };
  }

  private async turn(job: Job): Promise<void> {
    if (job.leaseMs === undefined) await this.run(job);
    else if (await this.holds(job, job.leaseMs)) await this.runHolding(job, job.leaseMs);
    if (job.isOver) return;
    if (job.intervalMs === undefined) this.jobs.delete(job);
    else this.wait(job, this.waitMs(job));
  }

  private async run({ name, work }: Job): Promise<void> {
    const { clock, logger } = this.options;
    const startedMs = clock.monotonicMs();
    const end = this.counts.begin(name);
    try {
      await work();
      end(clock.monotonicMs() - startedMs);
    } catch (error) {
      end(clock.monotonicMs() - startedMs, error instanceof Error ? error.message : "not an Error");
      logger.log("error", `the timer ${name} failed`, { error });
    }
  }

  private async holds(job: Job, leaseMs: number): Promise<boolean> {
    try {
      if (job.lease !== undefined && (await job.lease.extend(leaseMs))) return true;
      job.lease = await this.options.lock!.acquire(`timer ${job.name}`, leaseMs, 0);
      return job.lease !== undefined;
    } catch (error) {
      this.options.logger.log("error", `the timer ${job.name} can't ask for its lease`, { error });
      return false;
    }
  }

  /** However long the run takes, nobody else begins one. */
  private async runHolding(job: Job, leaseMs: number): Promise<void> {
    const { timers } = this.options;
    let renewal: Cancel = () => undefined;
    const renew = (): void => {
      renewal = timers.at(leaseMs / 3, `${job.name}, lease`, async () => {
        await job.lease?.extend(leaseMs);
        renew();
      });
    };
    renew();
    await this.run(job);
    renewal();
    if (job.isOver) await job.lease?.release();
    else await job.lease?.extend(leaseMs);
  }

  private end(job: Job): void {
    if (job.isOver) return;
    job.isOver = true;
    this.jobs.delete(job);
    job.cancel();
    const released = job.lease?.release();
    if (released instanceof Promise) released.catch(() => undefined);
  }
}

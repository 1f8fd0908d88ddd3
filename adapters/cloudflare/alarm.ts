import type { Cancel, Logger, Timers } from "../../core/index.ts";

/** What timers need of an object's storage. */
export type AlarmStorage = Pick<DurableObjectStorage, "kv" | "setAlarm" | "deleteAlarm">;

interface Job {
  dueMs: number;
  readonly intervalMs: number | undefined;
  readonly work: () => void | Promise<void>;
}

const keyOf = (name: string): string => `timer ${name}`;

/**
 * Timers of a Durable Object, on its one alarm. They outlive its memory: whoever makes the object registers its jobs
 * again, and those that were waiting keep their time. A name stands for one job: another one takes its place.
 */
export class AlarmTimers implements Timers {
  private readonly storage: AlarmStorage;
  private readonly logger: Pick<Logger, "log">;
  private readonly jobs = new Map<string, Job>();
  private setMs: number | undefined;

  constructor(storage: AlarmStorage, logger: Pick<Logger, "log">) {
    this.storage = storage;
    this.logger = logger;
  }

  /** When the job of that name is due, in milliseconds since the Unix epoch; undefined when there is none. */
  dueMs(name: string): number | undefined {
    return this.jobs.get(name)?.dueMs;
  }

  at(delayMs: number, name: string, work: Job["work"]): Cancel {
    return this.add(name, delayMs, undefined, work);
  }

  every(intervalMs: number, name: string, work: Job["work"]): Cancel {
    return this.add(name, intervalMs, Math.max(1, intervalMs), work);
  }

  private add(name: string, delayMs: number, intervalMs: number | undefined, work: Job["work"]): Cancel {
    const asked = Date.now() + Math.max(0, delayMs);
    const kept = this.jobs.has(name) ? undefined : this.storage.kv.get<number>(keyOf(name));
    const job: Job = { dueMs: Math.min(asked, kept ?? Infinity), intervalMs, work };
    this.jobs.set(name, job);
    if (job.dueMs !== kept) this.storage.kv.put(keyOf(name), job.dueMs);
    this.arm();
    return () => {
      if (this.jobs.get(name) === job) this.remove(name);
      this.arm();
    };
  }

  private remove(name: string): void {
    this.jobs.delete(name);
    this.storage.kv.delete(keyOf(name));
  }

  private arm(): void {
    const dueMs = Math.min(...[...this.jobs.values()].map(({ dueMs }) => dueMs));
    if (dueMs === (this.setMs ?? Infinity)) return;
    this.setMs = dueMs === Infinity ? undefined : dueMs;
    // The object's output gate waits for it: an answer that goes out has its alarm set.
    const set = this.setMs === undefined ? this.storage.deleteAlarm() : this.storage.setAlarm(this.setMs);
    set.catch((error: unknown) => this.logger.log("error", "an alarm can't be set", { error }));
  }

  /** The alarm rang: runs what is due. To be called, and awaited, by the object's `alarm`. */
  async ring(): Promise<void> {
    this.setMs = undefined;
    const nowMs = Date.now();
    const due = [...this.jobs].filter(([, job]) => job.dueMs <= nowMs);
    await Promise.all(due.map(([name, job]) => this.run(name, job)));
    this.arm();
  }

  private async run(name: string, job: Job): Promise<void> {
    // Nothing runs it a second time meanwhile.
    job.dueMs = Infinity;
    if (job.intervalMs === undefined) this.remove(name);
    try {
      await job.work();
    } catch (error) {
      this.logger.log("error", `the timer ${name} failed`, { error });
    }
    if (job.intervalMs === undefined || this.jobs.get(name) !== job) return;
    job.dueMs = Date.now() + job.intervalMs;
    this.storage.kv.put(keyOf(name), job.dueMs);
  }
}

/** What became of the jobs of one name. */
export interface JobStatistics {
  readonly runs: number;
  /** Runs that ended without an error. */
  readonly finished: number;
  readonly lastError: string | undefined;
  /** Milliseconds that runs took. */
  readonly elapsedMs: { readonly last: number; readonly most: number; readonly sum: number };
}

export interface TimerStatistics {
  readonly running: number;
  /** Jobs whose time has not come. */
  readonly waiting: number;
  readonly runs: number;
  readonly jobs: Readonly<Record<string, JobStatistics>>;
}

/** Names that are counted apart; jobs of further names are counted together. */
const maxNames = 1_000;
const others = "(others)";

/** Counts the runs of jobs. */
export class Statistics {
  private readonly jobs = new Map<string, JobStatistics>();
  running = 0;
  waiting = 0;

  /** @returns What tells how the run ended, after so many milliseconds, with which error. */
  begin(name: string): (elapsedMs: number, error?: string) => void {
    this.running++;
    return (elapsedMs, error) => {
      this.running--;
      const key = this.jobs.has(name) || this.jobs.size < maxNames ? name : others;
      const before = this.jobs.get(key);
      const { most = 0, sum = 0 } = before?.elapsedMs ?? {};
      this.jobs.set(key, {
        runs: (before?.runs ?? 0) + 1,
        finished: (before?.finished ?? 0) + (error === undefined ? 1 : 0),
        lastError: error ?? before?.lastError,
        elapsedMs: { last: elapsedMs, most: Math.max(most, elapsedMs), sum: sum + elapsedMs },
      });
    };
  }

  get snapshot(): TimerStatistics {
    const { running, waiting, jobs } = this;
    let runs = 0;
    for (const job of jobs.values()) runs += job.runs;
    return { running, waiting, runs, jobs: Object.fromEntries(jobs) };
  }
}

/** Several workers' statistics as one. */
export const addStatistics = (all: readonly TimerStatistics[]): TimerStatistics => {
  const jobs: Record<string, JobStatistics> = {};
  for (const [name, job] of all.flatMap((one) => Object.entries(one.jobs))) {
    const before = Object.hasOwn(jobs, name) ? jobs[name]! : undefined;
    jobs[name] = {
      runs: job.runs + (before?.runs ?? 0),
      finished: job.finished + (before?.finished ?? 0),
      lastError: job.lastError ?? before?.lastError,
      elapsedMs: {
        last: job.elapsedMs.last,
        most: Math.max(job.elapsedMs.most, before?.elapsedMs.most ?? 0),
        sum: job.elapsedMs.sum + (before?.elapsedMs.sum ?? 0),
      },
    };
  }
  const sum = (key: "running" | "waiting" | "runs"): number =>
    all.reduce((total, one) => total + one[key], 0);
  return { running: sum("running"), waiting: sum("waiting"), runs: sum("runs"), jobs };
};

/** What was counted for one name and type, in Kong's words. */
export interface Counters {
  /** Look-ups. */
  runs: number;
  /** Answered from this worker's cache. */
  hit_lru: number;
  /** Answered with what was expired. */
  hit_stale: number;
  miss: number;
  /** Look-ups that found nothing. */
  fail: number;
  /** Questions to servers. */
  query: number;
  query_succ: number;
  /** Milliseconds that the last question took. */
  query_last_time: number;
  /** Refreshes of what was expired. */
  stale: number;
  /** How questions failed: their number under `query_fail:<message>`. */
  readonly failures: Map<string, number>;
}

const newCounters = (): Counters => ({
  runs: 0,
  hit_lru: 0,
  hit_stale: 0,
  miss: 0,
  fail: 0,
  query: 0,
  query_succ: 0,
  query_last_time: 0,
  stale: 0,
  failures: new Map(),
});

/** Numbers by name, as they are told to operators; those that are 0 are left out. */
export type DnsStatistics = Record<string, Record<string, number>>;

/** Counters by name and type. */
export class Statistics {
  private readonly maxNames: number;
  private readonly table = new Map<string, Counters>();

  /** @param maxNames When there are more, the oldest are forgotten. */
  constructor(maxNames: number) {
    this.maxNames = maxNames;
  }

  of(name: string, type: string): Counters {
    const key = `${name}|${type}`;
    let counters = this.table.get(key);
    if (counters !== undefined) return counters;
    if (this.table.size >= this.maxNames) this.table.delete(this.table.keys().next().value!);
    this.table.set(key, (counters = newCounters()));
    return counters;
  }

  snapshot(): DnsStatistics {
    const entries = [...this.table].map(([key, { failures, ...numbers }]) => {
      const shown = Object.entries(numbers).filter(([, value]) => value !== 0);
      for (const [message, count] of failures) shown.push([`query_fail:${message}`, count]);
      return [key, Object.fromEntries(shown)] as const;
    });
    return Object.fromEntries(entries.filter(([, numbers]) => Object.keys(numbers).length > 0));
  }
}

/** The counts of several workers together; of times the longest. */
export const mergeStatistics = (all: readonly DnsStatistics[]): DnsStatistics => {
  const merged: DnsStatistics = {};
  for (const statistics of all) {
    for (const [key, numbers] of Object.entries(statistics)) {
      const to = (merged[key] ??= {});
      for (const [name, value] of Object.entries(numbers))
        to[name] = name === "query_last_time" ? Math.max(to[name] ?? 0, value) : (to[name] ?? 0) + value;
    }
  }
  return merged;
};

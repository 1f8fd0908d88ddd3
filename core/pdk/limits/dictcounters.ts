import type { Addition, CountedWindow, Counters, Taken } from "../../ports/counters.ts";
import type { SharedDict } from "../../ports/shareddict.ts";
import type { Ready } from "../../ready.ts";

const isBeyond = (counts: readonly number[], windows: readonly CountedWindow[]): boolean => {
  for (let i = 0; i < counts.length; i++) if (counts[i]! > windows[i]!.limit) return true;
  return false;
};

const all = <T>(values: readonly Ready<T>[]): Promise<T[]> => Promise.all(values as Promise<T>[]);

/** Counters in a shared dict, which is at hand or remote: it answers at once always, or never. */
export class DictCounters implements Counters {
  private readonly dict: SharedDict;

  constructor(dict: SharedDict) {
    this.dict = dict;
  }

  /** Counts first: one step where counters are remote; only who is refused takes a second one, which takes it back. */
  take(windows: readonly CountedWindow[]): Ready<Taken> {
    const sums = windows.map((window) => this.countOne(window, 1));
    // Two ways on purpose: continuing over promises that may be values costs 1.9 us a request (10.5 of 8.6, in memory).
    if (sums.some((sum) => sum instanceof Promise)) return this.takeRemote(windows, all(sums));
    const counts = sums as number[];
    if (!isBeyond(counts, windows)) return { isAllowed: true, counts };
    for (const window of windows) void this.countOne(window, -1);
    return { isAllowed: false, counts: counts.map((count) => count - 1) };
  }

  read(keys: readonly string[]): Ready<number[]> {
    const counts = keys.map((key) => this.dict.get(key));
    if (!counts.some((count) => count instanceof Promise)) return counts.map((count) => Number(count ?? 0));
    return all(counts).then((found) => found.map((count) => Number(count ?? 0)));
  }

  add(additions: readonly Addition[]): Ready<number[]> {
    const sums = additions.map((addition) => this.countOne(addition, addition.by));
    return sums.some((sum) => sum instanceof Promise) ? all(sums) : (sums as number[]);
  }

  private countOne({ key, endsInMs }: { key: string; endsInMs: number }, by: number): Ready<number> {
    return this.dict.incr(key, by, 0, Math.max(1, endsInMs));
  }

  private async takeRemote(windows: readonly CountedWindow[], counting: Promise<number[]>): Promise<Taken> {
    const counts = await counting;
    if (!isBeyond(counts, windows)) return { isAllowed: true, counts };
    await all(windows.map((window) => this.countOne(window, -1)));
    return { isAllowed: false, counts: counts.map((count) => count - 1) };
  }
}

import type { Addition, CountedWindow, Counters, Taken } from "../../ports/counters.ts";
import type { SharedDict } from "../../ports/shareddict.ts";
import type { Ready } from "../../ready.ts";

const isFull = (counts: readonly number[], windows: readonly CountedWindow[]): boolean => {
  for (let i = 0; i < counts.length; i++) if (counts[i]! >= windows[i]!.limit) return true;
  return false;
};

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

  // Two ways on purpose: continuing over promises that may be values costs 1.9 us a request (10.5 of 8.6, in memory).
  take(windows: readonly CountedWindow[]): Ready<Taken> {
    const counts: number[] = [];
    for (const { key } of windows) {
      const count = this.dict.get(key);
      if (count instanceof Promise)
        return this.takeRemote(
          windows,
          count.then((value) => Number(value ?? 0)),
        );
      counts.push(count === undefined ? 0 : Number(count));
    }
    if (isFull(counts, windows)) return { isAllowed: false, counts };
    for (let i = 0; i < windows.length; i++) counts[i] = this.countOne(windows[i]!, 1) as number;
    if (!isBeyond(counts, windows)) return { isAllowed: true, counts };
    // Somebody was faster between reading and counting: what was counted is taken back.
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

  /** @param first The count of the first window, which was asked for already. */
  private async takeRemote(windows: readonly CountedWindow[], first: Promise<number>): Promise<Taken> {
    const rest = windows.slice(1).map(({ key }) => key);
    const others = this.read(rest);
    const used = [await first, ...(await others)];
    if (isFull(used, windows)) return { isAllowed: false, counts: used };
    const counts = await all(windows.map((window) => this.countOne(window, 1)));
    if (!isBeyond(counts, windows)) return { isAllowed: true, counts };
    await all(windows.map((window) => this.countOne(window, -1)));
    return { isAllowed: false, counts: counts.map((count) => count - 1) };
  }
}

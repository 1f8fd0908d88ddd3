import type { Addition, CountedWindow, Counters, Taken } from "../../ports/counters.ts";
import type { SharedDict } from "../../ports/shareddict.ts";
import { type Ready, whenReady } from "../../ready.ts";

/** Counters in a shared dict. What is at hand costs no microtask. */
export class DictCounters implements Counters {
  private readonly dict: SharedDict;

  constructor(dict: SharedDict) {
    this.dict = dict;
  }

  take(windows: readonly CountedWindow[]): Ready<Taken> {
    // Counting first takes one step where counters are remote; only who is refused takes a second one.
    return whenReady(this.count(windows, 1, 0, []), (counts) => {
      if (counts.every((count, i) => count <= windows[i]!.limit)) return { isAllowed: true, counts };
      return whenReady(this.count(windows, -1, 0, []), () => ({
        isAllowed: false,
        counts: counts.map((count) => count - 1),
      }));
    });
  }

  read(keys: readonly string[]): Ready<number[]> {
    return this.usage(
      keys.map((key) => ({ key })),
      0,
      [],
    );
  }

  add(additions: readonly Addition[]): Ready<number[]> {
    return this.sums(additions, 0, []);
  }

  private usage(windows: readonly { readonly key: string }[], from: number, used: number[]): Ready<number[]> {
    for (let i = from; i < windows.length; i++) {
      const count = this.dict.get(windows[i]!.key);
      if (count instanceof Promise)
        return count.then((value) => this.usage(windows, i + 1, [...used, Number(value ?? 0)]));
      used.push(Number(count ?? 0));
    }
    return used;
  }

  private count(
    windows: readonly CountedWindow[],
    by: number,
    from: number,
    sums: number[],
  ): Ready<number[]> {
    for (let i = from; i < windows.length; i++) {
      const { key, endsInMs } = windows[i]!;
      const sum = this.dict.incr(key, by, 0, Math.max(1, endsInMs));
      if (sum instanceof Promise)
        return sum.then((value) => this.count(windows, by, i + 1, [...sums, value]));
      sums.push(sum);
    }
    return sums;
  }

  private sums(additions: readonly Addition[], from: number, sums: number[]): Ready<number[]> {
    for (let i = from; i < additions.length; i++) {
      const { key, by, endsInMs } = additions[i]!;
      const sum = this.dict.incr(key, by, 0, Math.max(1, endsInMs));
      if (sum instanceof Promise) return sum.then((value) => this.sums(additions, i + 1, [...sums, value]));
      sums.push(sum);
    }
    return sums;
  }
}

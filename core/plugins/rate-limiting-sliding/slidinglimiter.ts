import type { CountedWindow, Counters, Taken } from "../../ports/counters.ts";
import { type Limit, lengthSeconds, type RequestLimiter, type Verdict } from "../../pdk/limits/index.ts";
import { type Ready, whenReady } from "../../ready.ts";

/** A period has this many steps: a window begins at each. */
const steps = 8;

interface SlidingLimit {
  readonly period: string;
  readonly limit: number;
  readonly stepMs: number;
}

/**
 * Counts requests in windows that begin at each eighth of the period and last a period and an eighth. Whatever time of a
 * period's length one looks at lies inside one of them: no more than the limit pass in it, however many count at the same
 * time and wherever. Who used up the limit at once waits a period and an eighth at most.
 */
export class SlidingLimiter implements RequestLimiter {
  private readonly counters: Counters;
  private readonly limits: readonly SlidingLimit[];
  private readonly prefix: string;

  constructor(counters: Counters, limits: readonly Limit[], prefix: string) {
    this.counters = counters;
    this.prefix = prefix;
    this.limits = limits.map(({ period, limit }) => ({
      period,
      limit,
      stepMs: (lengthSeconds[period] * 1000) / steps,
    }));
  }

  decide(identifier: string, nowMs: number): Ready<Verdict> {
    const windows: CountedWindow[] = [];
    for (const { period, limit, stepMs } of this.limits) {
      const step = Math.floor(nowMs / stepMs);
      const start = `${this.prefix}${identifier}:${period}:`;
      for (let first = step - steps; first <= step; first++)
        windows.push({ key: start + first, limit, endsInMs: (first + steps + 1) * stepMs - nowMs });
    }
    return whenReady(this.counters.take(windows), (taken) => this.verdict(taken, windows));
  }

  private verdict({ isAllowed, counts }: Taken, windows: readonly CountedWindow[]): Verdict {
    const fullest = this.limits.map((_, i) => {
      const from = i * (steps + 1);
      let at = from;
      for (let j = from; j <= from + steps; j++) {
        // Of full ones the last to end decides; of others the first to end gives back the most.
        const isFull = counts[j]! >= windows[j]!.limit;
        if (isFull ? counts[j]! >= counts[at]! : counts[j]! > counts[at]!) at = j;
      }
      return at;
    });
    const remaining = fullest.map((at) => Math.max(0, windows[at]!.limit - counts[at]!));
    let tightest = 0;
    for (let i = 1; i < remaining.length; i++) if (remaining[i]! <= remaining[tightest]!) tightest = i;
    const resetSeconds = Math.max(1, Math.ceil(windows[fullest[tightest]!]!.endsInMs / 1000));
    return { isAllowed, remaining, tightest, resetSeconds };
  }
}

import type { Counters, Taken } from "../../ports/counters.ts";
import { type Ready, whenReady } from "../../ready.ts";
import { lengthSeconds, type Period, Window } from "./window.ts";

export interface Limit {
  readonly period: Period;
  readonly limit: number;
}

/** What a request found. */
export interface Verdict {
  readonly isAllowed: boolean;
  /** What is left in each period, in the order of the limits; this request taken off where it was counted. */
  readonly remaining: readonly number[];
  /** Which of the limits is told as the one: the least that is left, of several the longest. */
  readonly tightest: number;
  /** Seconds until the tightest window is over, at least 1. */
  readonly resetSeconds: number;
}

/**
 * Counts requests in windows aligned to the calendar. Exact: however many workers count at the same time, no more
 * than the limit pass (Kong counts after the answer, parallel requests overshoot). Refused requests don't count.
 */
export class Limiter {
  private readonly counters: Counters;
  private readonly limits: readonly Limit[];
  private readonly windows: readonly Window[];
  private readonly prefix: string;
  private readonly suffixes: string[];

  constructor(counters: Counters, limits: readonly Limit[], prefix: string) {
    this.counters = counters;
    this.limits = limits;
    this.prefix = prefix;
    this.windows = limits.map(({ period }) => new Window(period));
    this.suffixes = limits.map(() => "");
  }

  decide(identifier: string, nowMs: number): Ready<Verdict> {
    const { windows, suffixes, limits } = this;
    for (let i = 0; i < windows.length; i++) {
      const window = windows[i]!;
      if (window.move(nowMs)) suffixes[i] = `:${window.startMs}:${window.period}`;
    }
    const counted = suffixes.map((suffix, i) => ({
      key: this.prefix + identifier + suffix,
      limit: limits[i]!.limit,
      endsInMs: windows[i]!.endMs - nowMs,
    }));
    return whenReady(this.counters.take(counted), (taken) => this.verdict(taken, nowMs));
  }

  private verdict({ isAllowed, counts }: Taken, nowMs: number): Verdict {
    const remaining = counts.map((count, i) => Math.max(0, this.limits[i]!.limit - count));
    let tightest = 0;
    // Limits stand from the shortest period to the longest: of equal ones the last is told.
    for (let i = 1; i < remaining.length; i++) if (remaining[i]! <= remaining[tightest]!) tightest = i;
    const { period, startMs } = this.windows[tightest]!;
    const elapsedSeconds = Math.floor((nowMs - startMs) / 1000);
    const resetSeconds = Math.max(1, lengthSeconds[period] - elapsedSeconds);
    return { isAllowed, remaining, tightest, resetSeconds };
  }
}

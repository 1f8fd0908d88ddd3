import { whenReady } from "../../pdk/index.ts";
import type { SharedDict } from "../../ports/shareddict.ts";
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
  private readonly dict: SharedDict;
  private readonly limits: readonly Limit[];
  private readonly windows: readonly Window[];
  private readonly prefix: string;
  private readonly suffixes: string[];

  constructor(dict: SharedDict, limits: readonly Limit[], prefix: string) {
    this.dict = dict;
    this.limits = limits;
    this.prefix = prefix;
    this.windows = limits.map(({ period }) => new Window(period));
    this.suffixes = limits.map(() => "");
  }

  decide(identifier: string, nowMs: number): Verdict | Promise<Verdict> {
    const { windows, suffixes } = this;
    for (let i = 0; i < windows.length; i++) {
      const window = windows[i]!;
      if (window.move(nowMs)) suffixes[i] = `:${window.startMs}:${window.period}`;
    }
    const keys = suffixes.map((suffix) => this.prefix + identifier + suffix);
    return whenReady(this.usage(keys, 0, []), (used) => {
      if (used.some((count, i) => count >= this.limits[i]!.limit)) return this.verdict(used, false, nowMs);
      return whenReady(this.count(keys, 0, [], nowMs), (counted) => {
        if (counted.every((count, i) => count <= this.limits[i]!.limit))
          return this.verdict(counted, true, nowMs);
        // Somebody was faster between reading and counting: what was counted is taken back.
        const before = counted.map((count) => count - 1);
        return whenReady(this.takeBack(keys, 0, nowMs), () => this.verdict(before, false, nowMs));
      });
    });
  }

  private usage(keys: readonly string[], from: number, used: number[]): number[] | Promise<number[]> {
    for (let i = from; i < keys.length; i++) {
      const count = this.dict.get(keys[i]!);
      if (count instanceof Promise)
        return count.then((value) => this.usage(keys, i + 1, [...used, Number(value ?? 0)]));
      used.push(Number(count ?? 0));
    }
    return used;
  }

  private count(
    keys: readonly string[],
    from: number,
    counted: number[],
    nowMs: number,
  ): number[] | Promise<number[]> {
    for (let i = from; i < keys.length; i++) {
      const sum = this.dict.incr(keys[i]!, 1, 0, this.windows[i]!.endMs - nowMs);
      if (sum instanceof Promise)
        return sum.then((value) => this.count(keys, i + 1, [...counted, value], nowMs));
      counted.push(sum);
    }
    return counted;
  }

  private takeBack(keys: readonly string[], from: number, nowMs: number): void | Promise<void> {
    for (let i = from; i < keys.length; i++) {
      const sum = this.dict.incr(keys[i]!, -1, 0, Math.max(1, this.windows[i]!.endMs - nowMs));
      if (sum instanceof Promise) return sum.then(() => this.takeBack(keys, i + 1, nowMs));
    }
  }

  private verdict(counts: readonly number[], isAllowed: boolean, nowMs: number): Verdict {
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

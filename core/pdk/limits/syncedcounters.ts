import type { Clock } from "../../ports/clock.ts";
import type { Addition, CountedWindow, OpenCounters, Taken } from "../../ports/counters.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Timers } from "../../ports/timers.ts";
import { type Ready, whenReady } from "../../ready.ts";

interface Known {
  /** What the others' counters said last. */
  total: number;
  /** What was counted here since. */
  own: number;
  readonly endsAtMs: number;
}

/**
 * Counts here and compares notes with other counters from time to time: no request waits but the first of a window. In
 * between workers don't see each other: together they may pass the limit by what they count in one interval.
 */
export class SyncedCounters implements OpenCounters {
  private readonly remote: OpenCounters;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly known = new Map<string, Known>();
  private readonly stop: () => void;

  /** @param intervalMs Milliseconds between two exchanges. */
  constructor(
    remote: OpenCounters,
    intervalMs: number,
    { clock, timers, logger }: { clock: Clock; timers: Timers; logger: Logger },
  ) {
    this.remote = remote;
    this.clock = clock;
    this.logger = logger;
    this.stop = timers.every(intervalMs, "rate limit counters", () => this.sync());
  }

  take(windows: readonly CountedWindow[]): Ready<Taken> {
    return whenReady(this.learn(windows), () => {
      const known = windows.map(({ key }) => this.known.get(key)!);
      const counts = known.map(({ total, own }) => total + own);
      if (counts.some((count, i) => count >= windows[i]!.limit)) return { isAllowed: false, counts };
      for (const one of known) one.own++;
      return { isAllowed: true, counts: counts.map((count) => count + 1) };
    });
  }

  read(keys: readonly string[]): Ready<number[]> {
    return whenReady(this.remote.read(keys), (totals) =>
      totals.map((total, i) => total + (this.known.get(keys[i]!)?.own ?? 0)),
    );
  }

  add(additions: readonly Addition[]): Ready<number[]> {
    return this.remote.add(additions);
  }

  close(): void {
    this.stop();
    this.remote.close();
  }

  /** Asks once for what is not known yet. */
  private learn(windows: readonly CountedWindow[]): Ready<void> {
    const nowMs = this.clock.nowMs();
    const unknown = windows.filter(({ key }) => !this.known.has(key));
    if (unknown.length === 0) return undefined;
    return whenReady(this.remote.read(unknown.map(({ key }) => key)), (totals) => {
      for (const [i, { key, endsInMs }] of unknown.entries())
        if (!this.known.has(key))
          this.known.set(key, { total: totals[i]!, own: 0, endsAtMs: nowMs + endsInMs });
    });
  }

  private async sync(): Promise<void> {
    const nowMs = this.clock.nowMs();
    for (const [key, { endsAtMs }] of this.known) if (endsAtMs <= nowMs) this.known.delete(key);
    const entries = [...this.known];
    if (entries.length === 0) return;
    const told = entries.map(([key, { own, endsAtMs }]) => ({ key, by: own, endsInMs: endsAtMs - nowMs }));
    try {
      const sums = await this.remote.add(told);
      for (const [i, [, known]] of entries.entries()) {
        known.total = sums[i]!;
        known.own -= told[i]!.by;
      }
    } catch (error) {
      // What was counted is told when the others can be reached again.
      this.logger.log("error", "rate limit counters can't be exchanged", { error });
    }
  }
}

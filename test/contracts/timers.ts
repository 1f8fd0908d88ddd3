import { describe, expect, test } from "vitest";
import type { Timers } from "../../core/index.ts";

export interface TimersWorld {
  readonly timers: Timers;
  /** Lets at least `ms` pass. */
  pass(ms: number): Promise<void>;
}

/** The promises of {@link Timers}. */
export const describeTimers = (name: string, make: () => TimersWorld): void => {
  describe(`the timers of ${name}`, () => {
    test("run work once, not before its time", async () => {
      const { timers, pass } = make();
      let runs = 0;
      timers.at(20, "once", () => void runs++);
      expect(runs).toBe(0);
      await pass(100);
      expect(runs).toBe(1);
    });

    test("run work again and again until they are cancelled", async () => {
      const { timers, pass } = make();
      let runs = 0;
      const cancel = timers.every(5, "often", () => void runs++);
      await pass(60);
      expect(runs).toBeGreaterThan(1);
      cancel();
      cancel();
      const before = runs;
      await pass(30);
      expect(runs).toBe(before);
    });

    test("do not run what was cancelled before its time", async () => {
      const { timers, pass } = make();
      let runs = 0;
      timers.at(10, "never", () => void runs++)();
      await pass(40);
      expect(runs).toBe(0);
    });

    test("go on after work that failed", async () => {
      const { timers, pass } = make();
      let runs = 0;
      const cancel = timers.every(5, "failing", () => {
        runs++;
        throw new Error("it failed");
      });
      await pass(60);
      cancel();
      expect(runs).toBeGreaterThan(1);
    });

    test("never overlap two runs of one job", async () => {
      const { timers, pass } = make();
      let running = 0;
      let most = 0;
      const cancel = timers.every(1, "slow", async () => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
      });
      await pass(40);
      cancel();
      expect(most).toBe(1);
    });
  });
};

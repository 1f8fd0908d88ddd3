import { describe, expect, test } from "vitest";
import type { Clock } from "../../core/index.ts";

/** The promises of {@link Clock}. */
export const describeClock = (name: string, make: () => Clock): void => {
  describe(`the clock of ${name}`, () => {
    test("tells whole milliseconds since the epoch", () => {
      const nowMs = make().nowMs();
      expect(Number.isInteger(nowMs)).toBe(true);
      expect(nowMs).toBeGreaterThan(Date.UTC(2020, 0));
    });

    test("never goes back", () => {
      const clock = make();
      const times = Array.from({ length: 100 }, () => clock.monotonicMs());
      expect(times.every((time, i) => i === 0 || time >= times[i - 1]!)).toBe(true);
    });
  });
};

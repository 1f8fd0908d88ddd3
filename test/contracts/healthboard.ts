import { describe, expect, test } from "vitest";
import type { HealthBoard } from "../../core/index.ts";

/** The promises of {@link HealthBoard}. */
export const describeHealthBoard = (name: string, make: () => HealthBoard): void => {
  describe(`the health board of ${name}`, () => {
    test("keeps numbers under keys", () => {
      const board = make();
      expect(board.get("a")).toBeUndefined();
      board.set("a", 2, Infinity);
      board.set("b", 3, Infinity);
      expect([board.get("a"), board.get("b")]).toEqual([2, 3]);
    });

    test("adds, to the first number when there is none", () => {
      const board = make();
      expect([board.incr("a", 2 ** 24, 1, Infinity), board.incr("a", -1, 5, Infinity)]).toEqual([
        2 ** 24 + 1,
        2 ** 24,
      ]);
    });

    test("forgets what ends", async () => {
      const board = make();
      board.set("a", 2, Infinity);
      board.set("a", 0, 1);
      await expect.poll(() => board.get("a"), { timeout: 5_000 }).toBeUndefined();
    });
  });
};

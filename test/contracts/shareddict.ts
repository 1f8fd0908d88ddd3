import { describe, expect, test } from "vitest";
import type { SharedDict } from "../../core/index.ts";

export interface SharedDictWorld {
  readonly dict: SharedDict;
  /** Lets `ms` pass. */
  pass(ms: number): void | Promise<void>;
}

/** The promises of {@link SharedDict}. */
export const describeSharedDict = (name: string, make: () => SharedDictWorld): void => {
  describe(`the shared dict of ${name}`, () => {
    test("knows what was set, and nothing else", async () => {
      const { dict } = make();
      await dict.set("a", 1.5, 10_000);
      expect([await dict.get("a"), await dict.get("b")]).toEqual([1.5, undefined]);
      await dict.set("a", -2, 10_000);
      expect(await dict.get("a")).toBe(-2);
    });

    test("counts from the initial value, in both directions", async () => {
      const { dict } = make();
      expect(await dict.incr("n", 1, 0, 10_000)).toBe(1);
      expect(await dict.incr("n", 5, 100, 10_000)).toBe(6);
      expect(await dict.incr("n", -7, 0, 10_000)).toBe(-1);
      expect(await dict.incr("m", 1, 10, 10_000)).toBe(11);
    });

    test("counts beyond 32 bits", async () => {
      const { dict } = make();
      await dict.set("big", 2 ** 40, 10_000);
      expect(await dict.incr("big", 1, 0, 10_000)).toBe(2 ** 40 + 1);
    });

    test("forgets a key when its time is over; counting does not prolong it", async () => {
      const { dict, pass } = make();
      await dict.incr("n", 1, 0, 100);
      await pass(60);
      expect(await dict.incr("n", 1, 0, 100)).toBe(2);
      await pass(60);
      expect(await dict.get("n")).toBeUndefined();
      expect(await dict.incr("n", 1, 0, 100)).toBe(1);
    });

    test("keeps keys apart that look alike", async () => {
      const { dict } = make();
      const keys = ["a:b", "a:b:", "ab:", "", "ä", "a\u0000b", "a".repeat(1000), "a".repeat(1001)];
      for (const [i, key] of keys.entries()) await dict.set(key, i, 10_000);
      const values = [];
      for (const key of keys) values.push(await dict.get(key));
      expect(values).toEqual(keys.map((_, i) => i));
    });
  });
};

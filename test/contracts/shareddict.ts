import { describe, expect, test } from "vitest";
import type { SharedDict, SharedTexts } from "../../core/index.ts";

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

export interface SharedTextsWorld {
  readonly texts: SharedTexts;
  /** Lets `ms` pass. */
  pass(ms: number): void | Promise<void>;
}

/** The promises of {@link SharedTexts}. */
export const describeSharedTexts = (name: string, make: () => SharedTextsWorld): void => {
  describe(`the shared texts of ${name}`, () => {
    test("are known until they are replaced, deleted or over", async () => {
      const { texts, pass } = make();
      await texts.set("a", "", 100);
      await texts.set("b", "ä\u{1F600}\u0000", Infinity);
      expect([await texts.get("a"), await texts.get("b"), await texts.get("c")]).toEqual([
        "",
        "ä\u{1F600}\u0000",
        undefined,
      ]);
      await pass(100);
      expect(await texts.get("a")).toBeUndefined();
      await texts.set("b", "other", 100);
      expect(await texts.get("b")).toBe("other");
      await texts.delete("b");
      expect(await texts.get("b")).toBeUndefined();
    });

    test("are forgotten by prefix, and no others", async () => {
      const { texts } = make();
      for (const key of ["1:a:x", "1:a:", "1:b:x", "11:a:x"]) await texts.set(key, key, 1000);
      await texts.clear("1:a:");
      expect([await texts.get("1:a:x"), await texts.get("1:a:")]).toEqual([undefined, undefined]);
      expect([await texts.get("1:b:x"), await texts.get("11:a:x")]).toEqual(["1:b:x", "11:a:x"]);
    });
  });
};

import { describe, expect, test } from "vitest";
import type { Random } from "../../core/index.ts";

/** The promises of {@link Random}. */
export const describeRandom = (name: string, make: () => Random): void => {
  describe(`the randomness of ${name}`, () => {
    test.each([0, 1, 16, 65_536, 65_537, 200_000])("fills %i bytes to the last", (length) => {
      const bytes = new Uint8Array(length);
      make().fill(bytes);
      // 64 zeros in a row come by chance once in 10^150 tries.
      const tail = bytes.subarray(-64);
      expect(length < 64 || tail.some((byte) => byte !== 0)).toBe(true);
    });

    test("fills a part and leaves the rest", () => {
      const bytes = new Uint8Array(8);
      make().fill(bytes.subarray(0, 4));
      expect([...bytes.subarray(4)]).toEqual([0, 0, 0, 0]);
    });

    test("draws other bytes each time", () => {
      const random = make();
      const [one, other] = [new Uint8Array(16), new Uint8Array(16)];
      random.fill(one);
      random.fill(other);
      expect(one).not.toEqual(other);
    });

    test("draws fractions from 0 to below 1", () => {
      const random = make();
      const fractions = Array.from({ length: 1_000 }, () => random.fraction());
      expect(fractions.every((fraction) => fraction >= 0 && fraction < 1)).toBe(true);
      expect(new Set(fractions).size).toBeGreaterThan(900);
    });
  });
};

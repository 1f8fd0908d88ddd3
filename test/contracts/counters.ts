import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Counters } from "../../core/index.ts";

export interface CountersUnderTest {
  readonly counters: Counters;
  /** Lets time pass for the counters. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

let keys = 0;
const newKey = (): string => `key ${++keys}`;

/** The promises of {@link Counters}. */
export const describeCounters = (
  name: string,
  open: () => CountersUnderTest | Promise<CountersUnderTest>,
): void => {
  describe(`counters: ${name}`, () => {
    let world: CountersUnderTest;
    beforeAll(async () => void (world = await open()));
    afterAll(() => world?.close());

    test("exactly the limit is allowed, however many ask at once", async () => {
      const key = newKey();
      const ask = () => world.counters.take([{ key, limit: 7, endsInMs: 60_000 }]);
      const answers = await Promise.all(Array.from({ length: 40 }, async () => ask()));
      expect(answers.filter(({ isAllowed }) => isAllowed)).toHaveLength(7);
      expect(await world.counters.read([key])).toEqual([7]);
      expect(await ask()).toEqual({ isAllowed: false, counts: [7] });
    });

    test("the counts tell this one where it was allowed", async () => {
      const key = newKey();
      expect(await world.counters.take([{ key, limit: 2, endsInMs: 60_000 }])).toEqual({
        isAllowed: true,
        counts: [1],
      });
    });

    test("what one window refuses counts in none", async () => {
      const [wide, narrow] = [newKey(), newKey()];
      const windows = [
        { key: wide, limit: 5, endsInMs: 60_000 },
        { key: narrow, limit: 1, endsInMs: 60_000 },
      ];
      expect((await world.counters.take(windows)).isAllowed).toBe(true);
      expect(await world.counters.take(windows)).toEqual({ isAllowed: false, counts: [1, 1] });
      expect(await world.counters.read([wide, narrow])).toEqual([1, 1]);
    });

    test("additions go beyond limits, down, and by fractions", async () => {
      const key = newKey();
      expect(await world.counters.add([{ key, by: 10, endsInMs: 60_000 }])).toEqual([10]);
      expect(await world.counters.add([{ key, by: -2.5, endsInMs: 60_000 }])).toEqual([7.5]);
    });

    test("a key that was never counted reads 0", async () => {
      expect(await world.counters.read([newKey(), newKey()])).toEqual([0, 0]);
    });

    test("a window that is over begins anew", async () => {
      const key = newKey();
      const window = { key, limit: 1, endsInMs: 200 };
      await world.counters.take([window]);
      await world.advance(250);
      expect(await world.counters.read([key])).toEqual([0]);
    });
  });
};

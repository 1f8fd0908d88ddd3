import { expect, test } from "vitest";
import { Repeats } from "./repeats.ts";

test("of one wording some records pass, the others are counted and told together", () => {
  const told: [string, number][] = [];
  const repeats = new Repeats(2, (message, count) => told.push([message, count]));
  const passed = Array.from({ length: 5 }, () => repeats.passes("the upstream is away"));
  expect([passed, repeats.passes("something else")]).toEqual([[true, true, false, false, false], true]);
  repeats.flush();
  expect(told).toEqual([["the upstream is away", 3]]);
  expect(repeats.passes("the upstream is away")).toBe(true);
});

test("without a limit every record passes", () => {
  const repeats = new Repeats(0, () => undefined);
  expect(Array.from({ length: 100 }, () => repeats.passes("again")).every(Boolean)).toBe(true);
});

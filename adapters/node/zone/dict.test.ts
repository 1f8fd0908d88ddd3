import { expect, test } from "vitest";
import { describeSharedDict, describeSharing } from "../../../test/contracts/shareddict.ts";
import { MemoryClock } from "../../memory/index.ts";
import { createZone, ZoneDict } from "./index.ts";

describeSharedDict("shared memory", () => {
  const clock = new MemoryClock();
  return {
    dict: new ZoneDict(createZone(8 << 20), clock, 1),
    small: new ZoneDict(createZone(65_536), clock, 1),
    pass: (ms) => clock.advance(ms),
  };
});
describeSharing("shared memory", () => {
  const zone = createZone(1 << 20);
  const clock = new MemoryClock();
  return Promise.resolve([new ZoneDict(zone, clock, 1), new ZoneDict(zone, clock, 2)]);
});

test("a dict that loses a list, an entry and what is over has all its room again", () => {
  const dict = new ZoneDict(createZone(1 << 20), new MemoryClock(), 1);
  const free = dict.freeBytes();
  for (let i = 0; i < 100; i++) {
    dict.set(`k${i}`, "v".repeat(i * 37), 1000 + i);
    dict.rpush("list", "element".repeat(i));
  }
  dict.clear("");
  expect(dict.freeBytes()).toBe(free);
});

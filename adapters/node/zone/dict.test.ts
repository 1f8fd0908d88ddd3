import { expect, test } from "vitest";
import { describeSharedDict, describeSharing } from "../../../test/contracts/shareddict.ts";
import { latchesOf, problemsOf } from "../../../test/support/zone.ts";
import { MemoryClock } from "../../memory/index.ts";
import { createZone, ZoneDict } from "./index.ts";
import { shardHead } from "./layout.ts";

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

test("a shard whose last visitor ended while it rewrote links is emptied, the others stay", () => {
  const zone = createZone(1 << 20);
  const dict = new ZoneDict(zone, new MemoryClock(), 1);
  for (let i = 0; i < 100; i++) dict.set(`k${i}`, i);
  const [first] = latchesOf(zone) as [number];
  const words = new Int32Array(zone);
  words[first + shardHead.latch] = 77;
  words[first + shardHead.changing] = 1;
  dict.free(77);
  const left = dict.keys(Infinity).length;
  expect([left > 0 && left < 100, dict.resets()]).toEqual([true, 1]);
  for (let i = 0; i < 100; i++) expect(dict.set(`k${i}`, i)).toBe("stored");
  expect([dict.keys(Infinity).length, problemsOf(zone, 2)]).toEqual([100, []]);
});

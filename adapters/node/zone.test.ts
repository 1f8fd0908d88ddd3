import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { describeSharedDict } from "../../test/contracts/shareddict.ts";
import { MemoryClock } from "../memory/index.ts";
import { createZone, ZoneDict } from "./zone.ts";

describeSharedDict("shared memory", () => {
  const clock = new MemoryClock();
  return { dict: new ZoneDict(createZone(1 << 20), clock, 1), pass: (ms) => clock.advance(ms) };
});

test("a full zone forgets what would end first, and goes on counting", () => {
  const dict = new ZoneDict(createZone(200), new MemoryClock(), 1);
  for (let i = 0; i < 9; i++) dict.set(`k${i}`, i, 1000 + i);
  expect(dict.get("k0")).toBeUndefined();
  expect(Array.from({ length: 8 }, (_, i) => dict.get(`k${i + 1}`))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test("eight threads that count at the same time lose nothing", async () => {
  const zone = createZone(1 << 16);
  const each = 20_000;
  const count = `
    const { workerData } = require("node:worker_threads");
    import(workerData.module).then(({ ZoneDict }) => {
      const dict = new ZoneDict(workerData.zone, { nowMs: () => Date.now() }, workerData.owner);
      for (let i = 0; i < ${each}; i++) dict.incr("key" + (i % 3), 1, 0, 600_000);
    });`;
  const module = new URL("./zone.ts", import.meta.url).href;
  const threads = Array.from(
    { length: 8 },
    (_, i) => new Worker(count, { eval: true, workerData: { zone, module, owner: i + 1 } }),
  );
  await Promise.all(
    threads.map(
      (thread) =>
        new Promise<void>((resolve, reject) => {
          thread.once("error", reject);
          thread.once("exit", () => resolve());
        }),
    ),
  );
  const dict = new ZoneDict(zone, { nowMs: () => Date.now(), monotonicMs: () => 0 }, 9);
  expect(dict.get("key0")! + dict.get("key1")! + dict.get("key2")!).toBe(8 * each);
});

test("a lock whose owner died is taken over", () => {
  const zone = createZone(200);
  Atomics.store(new Int32Array(zone), 0, 77);
  const dict = new ZoneDict(zone, new MemoryClock(), 1);
  expect(dict.incr("k", 1, 0, 1000)).toBe(1);
  expect(dict.incr("k", 1, 0, 1000)).toBe(2);
});

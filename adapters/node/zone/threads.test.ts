import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { counters, type HammerData, slots, zonesFor } from "../../../test/support/hammer.ts";
import { latchesOf, problemsOf } from "../../../test/support/zone.ts";
import { ZoneDict } from "./index.ts";

// The whole run, some minutes: SALLYPORT_HAMMER=full.
const isWhole = process.env["SALLYPORT_HAMMER"] === "full";
const [operations, ends] = isWhole ? [10_000_000, 200] : [400_000, 12];
const threads = 4;
const main = threads + 1;
const clock = { nowMs: () => Date.now() };

const world = () => ({
  ...zonesFor(),
  progress: new SharedArrayBuffer((threads + 1) * slots.size * 8),
});
type World = ReturnType<typeof world>;

const start = (shared: World, owner: number, operations: number) => {
  const crash = new SharedArrayBuffer(4);
  const data: HammerData = { ...shared, owner, operations, isExact: operations < Infinity, crash };
  const thread = new Worker(new URL("../../../test/support/hammer.ts", import.meta.url), {
    workerData: data,
  });
  let error: unknown;
  thread.on("error", (cause) => (error = cause));
  const exited = new Promise<unknown>((resolve) => thread.once("exit", () => resolve(error)));
  return { thread, exited, crash: () => void Atomics.store(new Int32Array(crash), 0, 1) };
};
const sum = ({ progress }: World, slot: number): number => {
  const told = new Float64Array(progress);
  return Array.from({ length: threads }, (_, i) => told[(i + 1) * slots.size + slot]!).reduce(
    (a, b) => a + b,
  );
};

test(
  `${threads} threads with ${operations} operations read what they wrote, and lose no count`,
  async () => {
    const shared = world();
    const running = Array.from({ length: threads }, (_, i) => start(shared, i + 1, operations / threads));
    expect(await Promise.all(running.map(({ exited }) => exited))).toEqual(running.map(() => undefined));
    expect(sum(shared, slots.operations)).toBe(operations);
    expect(sum(shared, slots.wrong)).toBe(0);
    const dict = new ZoneDict(shared.zone, clock, main);
    const counted = Array.from({ length: counters }, (_, i) => dict.get(`count${i}`) as number);
    expect(counted.reduce((a, b) => a + b)).toBe(sum(shared, slots.counted));
    let left = 0;
    for (let taken = dict.lpop("queue"); taken !== undefined; taken = dict.lpop("queue"))
      left += taken as number;
    expect(sum(shared, slots.popped) + left).toBe(sum(shared, slots.pushed));
    expect(new ZoneDict(shared.small, clock, main).evictions()).toBeGreaterThan(0);
    expect([...problemsOf(shared.zone, main), ...problemsOf(shared.small, main)]).toEqual([]);
  },
  isWhole ? 600_000 : 60_000,
);

test(
  `${ends} threads that are ended anywhere hold no latch, leave no shard torn, and the others go on`,
  async () => {
    const shared = world();
    const told = new Float64Array(shared.progress);
    const done = (owner: number): number => told[owner * slots.size + slots.operations]!;
    const dicts = [new ZoneDict(shared.zone, clock, main), new ZoneDict(shared.small, clock, main)];
    const running = [1, 2].map((owner) => ({ owner, ...start(shared, owner, Infinity) }));
    /** Lets the other threads work; the test's own thread gives way to their exits meanwhile. */
    const until = async (condition: () => boolean): Promise<void> => {
      const deadline = performance.now() + 20_000;
      while (!condition() && performance.now() < deadline)
        await new Promise((resolve) => setImmediate(resolve));
      expect(condition()).toBe(true);
    };
    for (let i = 0; i < ends; i++) {
      const victim = running[i % 2]!;
      told[victim.owner * slots.size + slots.operations] = 0;
      await until(() => done(victim.owner) > 0);
      // Anywhere: not when this thread happens to look.
      for (let spins = (i * 7919) % 20_000; spins > 0; spins--) done(victim.owner);
      if (i % 4 === 3) victim.crash();
      else void victim.thread.terminate();
      await victim.exited;
      for (const dict of dicts) dict.free(victim.owner);
      const other = running[(i + 1) % 2]!;
      const before = done(other.owner);
      await until(() => done(other.owner) > before + 1000);
      running[i % 2] = { owner: victim.owner, ...start(shared, victim.owner, Infinity) };
    }
    for (const { thread, owner, exited } of running) {
      void thread.terminate();
      await exited;
      for (const dict of dicts) dict.free(owner);
    }
    expect(sum(shared, slots.wrong)).toBe(0);
    expect([...problemsOf(shared.zone, main), ...problemsOf(shared.small, main)]).toEqual([]);
    expect(dicts[0]!.set("after", 1)).toBe("stored");
  },
  isWhole ? 600_000 : 60_000,
);

test("a latch whose owner is not told as ended is taken over by who waits", () => {
  const { zone } = zonesFor();
  const dict = new ZoneDict(zone, clock, 1);
  dict.set("k", 1);
  const latches = latchesOf(zone);
  for (const at of latches) Atomics.store(new Int32Array(zone), at, 77);
  expect(dict.get("k")).toBe(1);
});

import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import type { StampedeData, StampedeResult } from "../../../test/support/stampede.ts";
import { until } from "../../../test/contracts/workerbus.ts";
import { MemoryLogger } from "../../memory/index.ts";
import { webClock, WebTimers } from "../../web/index.ts";
import { createBus, createZone, ZoneLock } from "./index.ts";

const threads = 4;
const callers = 25;

/** 100 callers of one key on four threads; the gate opens when all wait. */
const stampede = async (first: StampedeData["first"], leaseMs: number) => {
  const shared = { hits: createZone(1 << 20), locks: createZone(1 << 20), bus: createBus() };
  const state = new SharedArrayBuffer(12);
  const lock = new ZoneLock(shared.locks, webClock, new WebTimers(new MemoryLogger()), threads + 1);
  const running = Array.from({ length: threads }, (_, i) => {
    const data: StampedeData = { ...shared, owner: i + 1, callers, leaseMs, first, state };
    const thread = new Worker(new URL("../../../test/support/stampede.ts", import.meta.url), {
      workerData: data,
    });
    const result = new Promise<readonly string[]>((resolve) => {
      thread.once("message", ({ ends }: StampedeResult) => resolve(ends));
      thread.once("exit", () => {
        // What the master does.
        lock.free(data.owner);
        resolve([]);
      });
    });
    return { thread, result };
  });
  const words = new Int32Array(state);
  await until(() => Atomics.load(words, 1) === threads * callers && Atomics.load(words, 2) > 0);
  Atomics.store(words, 0, 1);
  Atomics.notify(words, 0);
  const wanted = first === "hang" ? threads - 1 : threads;
  const ends: string[] = [];
  await new Promise<void>((resolve) => {
    let count = 0;
    for (const { result } of running) {
      void result.then((some) => {
        ends.push(...some);
        if (++count === wanted) resolve();
      });
    }
  });
  await Promise.all(running.map(({ thread }) => thread.terminate()));
  const count = (end: string): number => ends.filter((one) => one === end).length;
  return { callbacks: Atomics.load(words, 2), ends, count };
};

describe("100 callers of one key on four threads", () => {
  test("run one callback", async () => {
    const { callbacks, ends, count } = await stampede("return", 30_000);
    expect([callbacks, count("origin"), count("l2"), ends.length]).toEqual([1, 1, 99, 100]);
  });

  test("whose callback throws fail on its thread, and the next one loads for the others", async () => {
    const { callbacks, count } = await stampede("throw", 30_000);
    expect([callbacks, count("origin is down"), count("origin"), count("l2")]).toEqual([2, 25, 1, 74]);
  });

  test("whose callback hangs go on when the lease is over", async () => {
    const { callbacks, count } = await stampede("hang", 1000);
    expect([callbacks, count("origin"), count("l2")]).toEqual([2, 1, 74]);
  });

  test("whose thread dies in the callback go on at once, long before the lease is over", async () => {
    const { callbacks, count } = await stampede("die", 30_000);
    expect([callbacks, count("origin"), count("l2")]).toEqual([2, 1, 74]);
  });
});

import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { describeWorkerBus, until } from "../../../test/contracts/workerbus.ts";
import { latchesOf } from "../../../test/support/zone.ts";
import { MemoryClock } from "../../memory/index.ts";
import { createBus, ZoneBus } from "./index.ts";
import { shardHead } from "./layout.ts";

describeWorkerBus("shared memory", () => {
  const memory = createBus();
  const clock = new MemoryClock();
  return {
    join: (worker) => new ZoneBus(memory, clock, worker, 100),
    pass: (ms) => clock.advance(ms),
  };
});

test("a message to any one that a thread did not take before it ended goes to another", async () => {
  const memory = createBus();
  const clock = new MemoryClock();
  const [one, two] = [new ZoneBus(memory, clock, 1), new ZoneBus(memory, clock, 2)];
  // It listens and takes nothing: as a thread that hangs.
  const thread = new Worker(
    `const { workerData } = require("node:worker_threads");
     Atomics.store(new Int32Array(workerData.members), 3, 1);
     Atomics.store(new Int32Array(workerData.members), 0, 3);
     for (;;);`,
    { eval: true, workerData: memory },
  );
  const got: string[] = [];
  const receiver = { message: (text: string) => void got.push(text), lost: () => undefined };
  const stops = [one.receive(receiver), two.receive(receiver)];
  await until(() => Atomics.load(new Int32Array(memory.members), 3) === 1);
  for (let i = 0; i < 9; i++) one.send("one", `${i}`);
  await until(() => got.length === 6);
  await thread.terminate();
  one.free(3);
  await until(() => got.length === 9);
  expect(got.toSorted()).toEqual(Array.from({ length: 9 }, (_, i) => `${i}`));
  stops.forEach((stop) => stop());
});

test("a worker whose queue was in a shard that a dead thread tore is told that messages may be lost", async () => {
  const memory = createBus();
  const bus = new ZoneBus(memory, new MemoryClock(), 1);
  const got: string[] = [];
  const stop = bus.receive({ message: (text) => void got.push(text), lost: () => void got.push("lost") });
  bus.send("self", "before");
  await until(() => got.length === 1);
  const words = new Int32Array(memory.zone);
  for (const shard of latchesOf(memory.zone)) words[shard + shardHead.changing] = 1;
  bus.free(77);
  await until(() => got.includes("lost"));
  bus.send("self", "after");
  await until(() => got.at(-1) === "after");
  stop();
});

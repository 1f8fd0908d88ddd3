import { expect, test } from "vitest";
import { MemoryClock, MemoryLogger, MemorySharedDict, MemoryTimers } from "../../../adapters/memory/index.ts";
import { describeCounters } from "../../../test/contracts/counters.ts";
import { DictCounters, SyncedCounters } from "./index.ts";

describeCounters("a shared dict", () => {
  const clock = new MemoryClock();
  return {
    counters: new DictCounters(new MemorySharedDict(clock)),
    async advance(ms) {
      clock.advance(ms);
    },
    close: () => Promise.resolve(),
  };
});

const window = { key: "k", limit: 10, endsInMs: 60_000 };

const world = () => {
  const clock = new MemoryClock();
  const timers = new MemoryTimers(clock);
  const host = { clock, timers, logger: new MemoryLogger() };
  const remote = Object.assign(new DictCounters(new MemorySharedDict(clock)), { close: () => undefined });
  const synced = () => new SyncedCounters(remote, 1_000, host);
  return { timers, remote, synced };
};

test("synced counters learn of each other once in an interval", async () => {
  const { timers, synced } = world();
  const [one, other] = [synced(), synced()];
  for (let i = 0; i < 4; i++) expect((await one.take([window])).isAllowed).toBe(true);
  expect((await other.take([window])).counts).toEqual([1]);
  await timers.advance(1_000);
  await timers.advance(1_000);
  expect((await other.take([window])).counts).toEqual([6]);
});

test("what synced counters could not tell is told later", async () => {
  const { timers, remote, synced } = world();
  const one = synced();
  await one.take([window]);
  const { add } = remote;
  remote.add = () => Promise.reject(new Error("away"));
  await timers.advance(1_000);
  remote.add = add;
  await timers.advance(1_000);
  expect(await remote.read(["k"])).toEqual([1]);
});

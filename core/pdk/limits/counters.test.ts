import { describe, expect, test } from "vitest";
import { MemoryClock, MemoryLogger, MemorySharedDict, MemoryTimers } from "../../../adapters/memory/index.ts";
import { describeCounters } from "../../../test/contracts/counters.ts";
import type { Taken } from "../../ports/counters.ts";
import type { SharedDict } from "../../ports/shareddict.ts";
import { DictCounters, LeasedCounters, SyncedCounters } from "./index.ts";

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

/** A dict somewhere else: every call is counted, and answered later. */
const remoteDict = (clock: MemoryClock) => {
  const dict = new MemorySharedDict(clock);
  let calls = 0;
  const incr = async (key: string, by: number, init: number, initTtlMs: number) => {
    calls++;
    return dict.incr(key, by, init, initTtlMs);
  };
  const remote = Object.assign(new MemorySharedDict(clock), {
    get: (key: string) => Promise.resolve(dict.get(key)),
    incr,
  }) as unknown as SharedDict;
  return { remote, dict, calls: () => calls };
};

const leased = (remote: SharedDict, timers: MemoryTimers, clock: MemoryClock): LeasedCounters =>
  new LeasedCounters(remote, {
    clock,
    later: (delayMs, work) => void (delayMs === 0 ? work() : timers.at(delayMs, "lease", work)),
    onError: (error) => {
      throw error;
    },
  });

describeCounters("leases", () => {
  const clock = new MemoryClock();
  return {
    counters: leased(remoteDict(clock).remote, new MemoryTimers(clock), clock),
    async advance(ms) {
      clock.advance(ms);
    },
    close: () => Promise.resolve(),
  };
});

describe("leases", () => {
  const open = (isolates: number) => {
    const clock = new MemoryClock();
    const timers = new MemoryTimers(clock);
    const far = remoteDict(clock);
    return { ...far, timers, all: Array.from({ length: isolates }, () => leased(far.remote, timers, clock)) };
  };
  const window = { key: "k", limit: 1_000, endsInMs: 60_000 };
  const count = async (asked: (Promise<Taken> | Taken)[]) =>
    (await Promise.all(asked.map(async (one) => one))).filter(({ isAllowed }) => isAllowed).length;

  test("let exactly the limit pass by several at once, and ask for a fraction of the requests", async () => {
    const { all, dict, calls } = open(3);
    let passed = 0;
    for (let round = 0; round < 500; round++)
      passed += await count(all.flatMap((one) => [one.take([window]), one.take([window])]));
    expect([passed, dict.get("k")]).toEqual([1_000, 1_000]);
    expect(calls()).toBeLessThan(500);
  });

  test("that are not used are there for others a second later", async () => {
    const { all, timers, dict } = open(2);
    const [one, other] = [all[0]!, all[1]!];
    for (let i = 0; i < 200; i++) await one.take([window]);
    const held = Number(dict.get("k")) - 200;
    expect(held).toBeGreaterThan(0);
    const drain = async (): Promise<number> => {
      let passed = 0;
      for (let i = 0; i < 1_000; i++) passed += await count([other.take([window])]);
      return passed;
    };
    expect(await drain()).toBe(800 - held);
    await timers.advance(1_000);
    expect(await drain()).toBe(held);
  });

  test("of a window that is over are not given back to the next one", async () => {
    const { all, timers, dict } = open(1);
    const short = { ...window, endsInMs: 500 };
    for (let i = 0; i < 10; i++) await all[0]!.take([short]);
    await timers.advance(1_000);
    expect(dict.get("k")).toBeUndefined();
  });

  test("whose counting fails leave nothing half taken", async () => {
    const { all, remote, dict } = open(1);
    const windows = [window, { ...window, key: "other" }];
    const { incr } = remote;
    const failing = (key: string, by: number, init: number, initTtlMs?: number) =>
      key === "other" ? Promise.reject(new Error("away")) : incr(key, by, init, initTtlMs);
    remote.incr = failing as typeof incr;
    await expect(all[0]!.take(windows)).rejects.toThrow("away");
    remote.incr = incr;
    expect(await all[0]!.take(windows)).toEqual({ isAllowed: true, counts: [1, 1] });
    expect([dict.get("k"), dict.get("other")]).toEqual([1, 1]);
  });
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

import { expect, test } from "vitest";
import { describeLock, describeLockSharing } from "../../../test/contracts/lock.ts";
import { MemoryClock, MemoryTimers } from "../../memory/index.ts";
import { createZone, ZoneLock } from "./index.ts";

const world = (zone = createZone(1 << 20)) => {
  const clock = new MemoryClock();
  const timers = new MemoryTimers(clock);
  const [lock, other] = [1, 2].map((owner) => new ZoneLock(zone, clock, timers, owner)) as [
    ZoneLock,
    ZoneLock,
  ];
  return { lock, other, pass: (ms: number) => timers.advance(ms) };
};

describeLock("shared memory", world);
describeLockSharing("shared memory", () => {
  const { lock, other } = world();
  return Promise.resolve([lock, other]);
});

test("what a thread held is free when it is told as ended, at once for who waits", async () => {
  const { lock, other } = world();
  await lock.acquire("a", 30_000, 0);
  await other.acquire("b", 30_000, 0);
  const waiting = other.acquire("a", 30_000, 20_000);
  other.free(1);
  expect(await waiting).toBeDefined();
  expect(await lock.acquire("b", 30_000, 0)).toBeUndefined();
});

test("a lock without room is told, and takes no other's lease", async () => {
  const { lock } = world(createZone(8192));
  const acquire = async (): Promise<void> => {
    for (let i = 0; i < 1000; i++) await lock.acquire(`k${i}`, 30_000, 0);
  };
  await expect(acquire()).rejects.toThrow(RangeError);
  expect(await lock.acquire("k0", 30_000, 0)).toBeUndefined();
});

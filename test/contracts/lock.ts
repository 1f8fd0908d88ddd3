import { describe, expect, test } from "vitest";
import type { Lock } from "../../core/index.ts";

export interface LockWorld {
  readonly lock: Lock;
  /** Lets `ms` pass. */
  pass(ms: number): void | Promise<void>;
  /** What the suite counts in, default 1 ms: more where time is real. */
  readonly unitMs?: number;
}

/** The promises of {@link Lock}. */
export const describeLock = (name: string, make: () => LockWorld): void => {
  describe(`the lock of ${name}`, () => {
    test("has one holder at a time, for each key", async () => {
      const { lock } = make();
      const lease = await lock.acquire("a", 1000, 0);
      expect(await lock.acquire("a", 1000, 0)).toBeUndefined();
      expect(await lock.acquire("b", 1000, 0)).toBeDefined();
      await lease!.release();
      expect(await lock.acquire("a", 1000, 0)).toBeDefined();
    });

    test("goes to who waits first when it is released", async () => {
      const { lock } = make();
      const lease = await lock.acquire("a", 1000, 0);
      const order: number[] = [];
      const waits = [1, 2].map(async (i) => {
        const own = await lock.acquire("a", 1000, 500);
        order.push(i);
        await own!.release();
      });
      await lease!.release();
      await Promise.all(waits);
      expect(order).toEqual([1, 2]);
    });

    test("is waited for no longer than asked", async () => {
      const { lock, pass, unitMs = 1 } = make();
      await lock.acquire("a", 100_000, 0);
      const waiting = lock.acquire("a", 100_000, 50 * unitMs);
      await pass(50 * unitMs);
      expect(await waiting).toBeUndefined();
    });

    test("is free when the lease ends; the late holder frees and extends nothing", async () => {
      const { lock, pass, unitMs = 1 } = make();
      const late = await lock.acquire("a", 100 * unitMs, 0);
      const waiting = lock.acquire("a", 100_000, 50_000);
      await pass(100 * unitMs);
      expect(await waiting).toBeDefined();
      expect(await late!.extend(100)).toBe(false);
      await late!.release();
      expect(await lock.acquire("a", 100, 0)).toBeUndefined();
    });

    test("is held longer when the lease is extended", async () => {
      const { lock, pass, unitMs = 1 } = make();
      const lease = await lock.acquire("a", 100 * unitMs, 0);
      expect(await lease!.extend(100_000)).toBe(true);
      await pass(110 * unitMs);
      expect(await lock.acquire("a", 100, 0)).toBeUndefined();
    });
  });
};

/** What two instances on one lock promise each other. */
export const describeLockSharing = (name: string, make: () => Promise<[Lock, Lock]>): void => {
  test(`two that share ${name} exclude each other, and the one that waits is woken at the release`, async () => {
    const [a, b] = await make();
    const lease = (await a.acquire("k", 30_000, 0))!;
    expect(await b.acquire("k", 30_000, 0)).toBeUndefined();
    const waiting = Promise.resolve(b.acquire("k", 30_000, 20_000));
    await lease.release();
    const other = (await waiting)!;
    expect(other).toBeDefined();
    expect(await lease.extend(30_000)).toBe(false);
    await lease.release();
    expect(await a.acquire("k", 30_000, 0)).toBeUndefined();
    await other.release();
  });
};

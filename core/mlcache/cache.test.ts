import { describe, expect, test } from "vitest";
import { MemoryClock, MemoryLock, MemorySharedDict, MemoryTimers } from "../../adapters/memory/index.ts";
import { type CacheEvent, CacheTimeout, Kept, Mlcache, type MlcacheOptions, Sieve } from "./index.ts";

/** Workers that share a dict, a lock and events. */
const world = (options: Partial<MlcacheOptions<string>> = {}) => {
  const clock = new MemoryClock();
  const timers = new MemoryTimers(clock);
  const handlers: ((event: CacheEvent) => void)[] = [];
  const shared = {
    clock,
    l2: new MemorySharedDict(clock),
    lock: new MemoryLock(timers),
    events: {
      subscribe: (handler: (event: CacheEvent) => void) => void handlers.push(handler),
      broadcast: (event: CacheEvent) => handlers.forEach((handler) => handler(event)),
    },
  };
  const worker = (more: Partial<MlcacheOptions<string>> = {}): Mlcache<string> =>
    new Mlcache({ name: "c", ...shared, ...options, ...more });
  return { clock, timers, shared, worker, pass: (ms: number) => timers.advance(ms) };
};
const never = (): string => {
  throw new Error("nobody should load");
};
const broken = (): string => {
  throw new Error("origin is down");
};
const gate = () => {
  let open!: (value: string) => void;
  let fail!: (error: Error) => void;
  const promise = new Promise<string>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
};
const settle = async (): Promise<void> => {
  for (let i = 0; i < 50; i++) await Promise.resolve();
};

describe("a look-up", () => {
  test("says where its value came from, and needs no promise when it is at hand", async () => {
    const { worker } = world();
    const [a, b] = [worker(), worker()];
    expect(await a.get("k", () => "v")).toEqual({ value: "v", from: "origin" });
    expect(a.get("k", never)).toEqual({ value: "v", from: "l1" });
    expect(b.get("k", never)).toEqual({ value: "v", from: "l2" });
    expect(b.get("k", never)).toEqual({ value: "v", from: "l1" });
  });

  test("keeps a value for ttlMs, what is absent for negTtlMs, on both levels", async () => {
    const { worker, pass } = world({ ttlMs: 100, negTtlMs: 10 });
    const a = worker();
    await a.get("k", () => "v");
    await a.get("none", () => undefined);
    expect(a.get("none", never)).toEqual({ value: undefined, from: "l1" });
    await pass(10);
    expect(await a.get("none", () => "now")).toEqual({ value: "now", from: "origin" });
    await pass(80);
    expect(worker().get("k", never)).toMatchObject({ from: "l2" });
    await pass(10);
    expect(await a.get("k", () => "w")).toEqual({ value: "w", from: "origin" });
  });

  test("heeds the callback's own time; 0 keeps nothing", async () => {
    const { worker, pass } = world();
    const a = worker();
    await a.get("k", () => new Kept("v", 5));
    await pass(5);
    expect(await a.get("k", () => new Kept("w", 0))).toEqual({ value: "w", from: "origin" });
    expect(await a.get("k", () => "x")).toEqual({ value: "x", from: "origin" });
  });

  test("serves a stale value when the load fails, for resurrectTtlMs, and else throws", async () => {
    const { worker, pass } = world({ ttlMs: 10, resurrectTtlMs: 5 });
    const a = worker();
    await expect(a.get("k", broken)).rejects.toThrow("origin is down");
    await a.get("k", () => "v");
    await pass(10);
    expect(await a.get("k", broken)).toEqual({ value: "v", from: "stale" });
    expect(a.get("k", never)).toEqual({ value: "v", from: "stale" });
    await pass(5);
    expect(await a.get("k", () => "w")).toEqual({ value: "w", from: "origin" });
  });

  test("runs the l1 function once for each value that enters", async () => {
    const { shared } = world();
    let runs = 0;
    const a = new Mlcache<string, number>({ name: "n", ...shared, l1: (text) => (runs++, text.length) });
    expect(await a.get("k", () => "four")).toEqual({ value: 4, from: "origin" });
    expect(a.get("k", never)).toEqual({ value: 4, from: "l1" });
    expect(runs).toBe(1);
  });

  test("never meets another cache whose name and key look the same together", async () => {
    const { worker } = world();
    await worker({ name: "a" }).get("b:c", () => "one");
    expect(await worker({ name: "a:b" }).get("c", () => "two")).toEqual({ value: "two", from: "origin" });
  });

  test("keeps what is absent in the dict for misses", async () => {
    const { worker, clock, shared } = world();
    const l2Misses = new MemorySharedDict(clock);
    await worker({ l2Misses }).get("k", () => undefined);
    expect(shared.l2.get("1:c:k")).toBeUndefined();
    expect(worker({ l2Misses }).get("k", never)).toEqual({ value: undefined, from: "l2" });
  });
});

describe("a stampede", () => {
  test("of 100 callers on ten workers runs one callback", async () => {
    const { worker } = world();
    const { promise, open } = gate();
    let runs = 0;
    const workers = Array.from({ length: 10 }, () => worker());
    const calls = Array.from({ length: 100 }, async (_, i) =>
      workers[i % 10]!.get("k", () => (runs++, promise)),
    );
    await settle();
    open("v");
    const hits = await Promise.all(calls);
    expect(runs).toBe(1);
    expect(hits.every(({ value }) => value === "v")).toBe(true);
    expect(hits.filter(({ from }) => from === "origin")).toHaveLength(1);
  });

  test("whose callback throws fails for those of that isolate, and the next caller loads", async () => {
    const { worker } = world();
    const a = worker();
    const { promise, fail } = gate();
    const calls = Array.from({ length: 100 }, async () => a.get("k", () => promise));
    fail(new Error("origin is down"));
    const ends = await Promise.allSettled(calls);
    expect(ends.every(({ status }) => status === "rejected")).toBe(true);
    expect(await a.get("k", () => "v")).toEqual({ value: "v", from: "origin" });
  });

  test("goes on when the first one's lease ends, and keeps the newer value", async () => {
    const { worker, pass } = world({ leaseMs: 1000 });
    const [a, b] = [worker(), worker()];
    const hanging = gate();
    const first = a.get("k", () => hanging.promise);
    await settle();
    const second = b.get("k", () => "new");
    await settle();
    await pass(1000);
    expect(await second).toEqual({ value: "new", from: "origin" });
    hanging.open("old");
    expect(await first).toEqual({ value: "old", from: "origin" });
    expect(a.get("k", never)).toEqual({ value: "new", from: "l2" });
  });

  test("waits for no load of this isolate whose lease is over: it may never end", async () => {
    const { worker, pass } = world({ leaseMs: 1000 });
    const a = worker();
    const first = a.get("k", () => gate().promise);
    await settle();
    await pass(1000);
    expect(await a.get("k", () => "v")).toEqual({ value: "v", from: "origin" });
    expect(a.get("k", never)).toEqual({ value: "v", from: "l1" });
    expect(first).toBeInstanceOf(Promise);
  });

  test("waits no longer than lockTimeoutMs", async () => {
    const { worker, pass } = world({ lockTimeoutMs: 50 });
    const hanging = gate();
    const first = worker().get("k", () => hanging.promise);
    await settle();
    const second = Promise.resolve(worker().get("k", never)).catch((error: unknown) => error);
    await settle();
    await pass(50);
    expect(await second).toBeInstanceOf(CacheTimeout);
    hanging.open("v");
    await first;
  });
});

describe("a change", () => {
  test("reaches every worker; what is being loaded meanwhile is not kept", async () => {
    const { worker } = world();
    const [a, b] = [worker(), worker()];
    await a.get("k", () => "old");
    await b.get("k", never);
    await a.set("k", "new");
    expect(await b.get("k", never)).toEqual({ value: "new", from: "l2" });
    await b.delete("k");
    const { promise, open } = gate();
    const loading = a.get("k", () => promise);
    await settle();
    await b.delete("k");
    open("before the change");
    await loading;
    expect(await a.get("k", () => "after")).toEqual({ value: "after", from: "origin" });
  });

  test("purges one name alone", async () => {
    const { worker } = world();
    const [a, other] = [worker(), worker({ name: "d" })];
    await a.get("k", () => "v");
    await other.get("k", () => "w");
    await a.purge();
    expect(await a.peek("k")).toBeUndefined();
    expect(worker({ name: "d" }).get("k", never)).toMatchObject({ value: "w" });
  });

  test("needs events when there is a shared level, and polling to update", async () => {
    const { clock, shared } = world();
    const lonely = new Mlcache<string>({ name: "x", clock, l2: shared.l2 });
    await expect(lonely.delete("k")).rejects.toThrow(TypeError);
    await expect(lonely.update()).rejects.toThrow(TypeError);
  });
});

test("peek tells what is left of a value's time, and that it is over", async () => {
  const { worker, pass } = world({ ttlMs: 100, resurrectTtlMs: 1 });
  const a = worker();
  await a.get("k", () => "v");
  await pass(40);
  expect(await a.peek("k")).toEqual({ value: "v", remainingMs: 60 });
  await pass(100);
  expect(await a.peek("k")).toEqual({ value: "v", remainingMs: -40 });
});

test("getBulk keeps the order, bounds concurrency and leaves a failure in its place", async () => {
  const { worker } = world();
  let [running, most] = [0, 0];
  const load = async (key: string): Promise<string> => {
    most = Math.max(most, ++running);
    await settle();
    running--;
    if (key === "3") throw new Error("no");
    return key;
  };
  const found = await worker().getBulk(
    Array.from({ length: 9 }, (_, i) => ({ key: String(i), load })),
    2,
  );
  expect(found.map((hit) => ("value" in hit ? hit.value : hit.from))).toEqual([
    "0",
    "1",
    "2",
    "failed",
    "4",
    "5",
    "6",
    "7",
    "8",
  ]);
  expect(most).toBe(2);
});

test("the first level drops what was not read since the hand came by, like a list that is searched", () => {
  const clock = new MemoryClock();
  const sieve = new Sieve<number>(5);
  // From the oldest to the newest.
  let model: { name: string; value: number; isRead: boolean }[] = [];
  let hand: string | undefined;
  const remove = (at: number): void => {
    if (hand === model[at]!.name) hand = model[at + 1]?.name;
    model = model.toSpliced(at, 1);
  };
  const evict = (): void => {
    let at = Math.max(
      0,
      model.findIndex(({ name }) => name === hand),
    );
    for (; model[at]!.isRead; at = (at + 1) % model.length) model[at]!.isRead = false;
    hand = model[at + 1]?.name;
    model = model.toSpliced(at, 1);
  };
  let seed = 7;
  for (let i = 0; i < 20_000; i++) {
    seed = (seed * 48_271) % 2_147_483_647;
    const name = `k${seed % 9}`;
    const at = model.findIndex((entry) => entry.name === name);
    const action = (seed >> 8) % 5;
    if (action === 0) {
      sieve.delete(name);
      if (at >= 0) remove(at);
    } else if (action === 1) {
      sieve.set(name, i, Infinity);
      if (at >= 0) Object.assign(model[at]!, { value: i, isRead: true });
      else {
        if (model.length === 5) evict();
        model.push({ name, value: i, isRead: false });
      }
    } else {
      expect(sieve.get(name, clock)).toBe(model[at]?.value);
      if (at >= 0) model[at]!.isRead = true;
    }
    expect(sieve.size).toBe(model.length);
  }
});

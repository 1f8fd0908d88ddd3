import { parentPort, workerData } from "node:worker_threads";
import { type BusMemory, ZoneBus, ZoneDict, ZoneLock } from "../../adapters/node/index.ts";
import { MemoryLogger } from "../../adapters/memory/index.ts";
import { WebTimers, webClock } from "../../adapters/web/index.ts";
import { workerCacheEvents, WorkerEvents } from "../../core/events/index.ts";
import { Mlcache } from "../../core/mlcache/index.ts";

/** What a thread with callers of one key is born with. */
export interface StampedeData {
  readonly owner: number;
  readonly hits: SharedArrayBuffer;
  readonly locks: SharedArrayBuffer;
  readonly bus: BusMemory;
  readonly callers: number;
  readonly leaseMs: number;
  /** What the first callback of all does when the gate opens; the others give a value. */
  readonly first: "return" | "throw" | "hang" | "die";
  /** The gate, then how many callers wait, then how many callbacks ran. */
  readonly state: SharedArrayBuffer;
}

/** How one thread's callers ended: `from` of a hit, or an error's message. */
export interface StampedeResult {
  readonly ends: readonly string[];
}

const run = async (data: StampedeData): Promise<void> => {
  const { owner, first, callers } = data;
  const state = new Int32Array(data.state);
  const logger = new MemoryLogger();
  const events = new WorkerEvents(new ZoneBus(data.bus, webClock, owner), logger);
  const cache = new Mlcache<string>({
    name: "c",
    clock: webClock,
    l2: new ZoneDict(data.hits, webClock, owner),
    lock: new ZoneLock(data.locks, webClock, new WebTimers(logger), owner),
    leaseMs: data.leaseMs,
    lockTimeoutMs: 20_000,
    events: workerCacheEvents(events, "c"),
  });
  const load = async (): Promise<string> => {
    const isFirst = Atomics.add(state, 2, 1) === 0;
    const gate = Atomics.waitAsync(state, 0, 0);
    if (gate.async) await gate.value;
    if (!isFirst || first === "return") return `by ${owner}`;
    if (first === "throw") throw new Error("origin is down");
    if (first === "die") process.exit(1);
    return new Promise(() => undefined);
  };
  // Timers of the library keep no thread alive.
  const alive = setInterval(() => undefined, 1000);
  const calls = Array.from({ length: callers }, async (): Promise<string> => {
    try {
      Atomics.add(state, 1, 1);
      return (await cache.get("k", load)).from;
    } catch (error) {
      return (error as Error).message;
    }
  });
  Atomics.notify(state, 1);
  const ends = await Promise.all(calls);
  parentPort!.postMessage({ ends } satisfies StampedeResult);
  clearInterval(alive);
  events.close();
};

if (workerData !== null && typeof workerData === "object" && "locks" in workerData)
  await run(workerData as StampedeData);

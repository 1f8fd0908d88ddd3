// Run by hand: node test/bench/bus.bench.ts. Shared-memory queues against BroadcastChannel: two receivers in threads of
// their own. What one publication costs the sender, its way one by one, and 20,000 in a burst until both have all.
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { createBus, type BusMemory, ZoneBus } from "../../adapters/node/index.ts";

const [warm, singles, burst] = [500, 2000, 20_000];
const clock = { nowMs: () => Date.now() };
const text = JSON.stringify(["mlcache", "consumers", { name: "consumers", key: "x".repeat(60) }]);

interface Shared {
  readonly kind: "bus" | "channel";
  readonly memory: BusMemory;
  /** Messages that each receiver has; at [0] how many are ready. */
  readonly counts: Int32Array;
  readonly number: number;
}

if (!isMainThread) {
  const { kind, memory, counts, number } = workerData as Shared;
  const count = (): void => {
    Atomics.add(counts, number, 1);
    Atomics.notify(counts, number);
  };
  if (kind === "bus") {
    new ZoneBus(memory, clock, number, burst).receive({ message: count, lost: () => undefined });
    setInterval(() => undefined, 1000);
  } else new BroadcastChannel("bench").addEventListener("message", count);
  Atomics.add(counts, 0, 1);
  Atomics.notify(counts, 0);
} else {
  for (const kind of ["bus", "channel", "bus", "channel"] as const) {
    const counts = new Int32Array(new SharedArrayBuffer(12));
    const memory = createBus(64 << 20);
    const threads = [1, 2].map((number) => {
      const data: Shared = { kind, memory, counts, number };
      return new Worker(new URL(import.meta.url), { workerData: data });
    });
    const wait = (index: number, wanted: number): void => {
      for (let seen = Atomics.load(counts, index); seen < wanted; seen = Atomics.load(counts, index))
        Atomics.wait(counts, index, seen, 1000);
    };
    wait(0, 2);
    const bus = new ZoneBus(memory, clock, 3, burst);
    const channel = new BroadcastChannel("bench");
    const send = (): void => {
      if (kind === "bus" ? !bus.send("all", text) : channel.postMessage(text) !== undefined)
        throw new Error("full");
    };
    const [sending, arriving]: [number[], number[]] = [[], []];
    for (let i = 1; i <= warm + singles; i++) {
      const start = performance.now();
      send();
      const sent = performance.now();
      wait(1, i);
      wait(2, i);
      if (i <= warm) continue;
      sending.push(sent - start);
      arriving.push(performance.now() - start);
    }
    const start = performance.now();
    for (let i = 0; i < burst; i++) send();
    wait(1, warm + singles + burst);
    wait(2, warm + singles + burst);
    const each = ((performance.now() - start) * 1000) / burst;
    const middle = (values: number[], part: number): string =>
      (values.sort((a, b) => a - b)[Math.floor(values.length * part)]! * 1000).toFixed(0);
    console.log(
      `${kind.padEnd(8)} sending ${middle(sending, 0.5)} us, at both ${middle(arriving, 0.5)} us (p95 ${middle(arriving, 0.95)}), in a burst ${each.toFixed(1)} us each`,
    );
    channel.close();
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

// Run by hand: node test/bench/zone.bench.ts. Nanoseconds of one call, medians of rounds; alone, then beside a second
// thread that does the same without pause.
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { createZone, ZoneDict } from "../../adapters/node/index.ts";

const [calls, rounds, entries] = [20_000, 31, 1000];
const clock = { nowMs: () => Date.now() };
const value = JSON.stringify({ id: "x".repeat(488) });
const keys = Array.from({ length: entries }, (_, i) => `consumer:${(i * 7919).toString(36)}`);
const counters = Array.from(
  { length: entries },
  (_, i) =>
    `ratelimit:0c4b5f0e-5a6b-4c3d-8e2f-1a2b3c4d5e6f:7d8e9f0a-1b2c-4d3e-9f4a-5b6c7d8e9f0a:10.0.${i >> 8}.${i & 255}:1700000000000:minute`,
);
let sink = 0;

const work: Record<string, (dict: ZoneDict, i: number) => unknown> = {
  "set 500 B": (dict, i) => dict.set(keys[i]!, value, 600_000),
  "get 500 B": (dict, i) => dict.get(keys[i]!),
  miss: (dict, i) => dict.get(counters[i]!.slice(1)),
  "incr, key of 120 characters": (dict, i) => dict.incr(counters[i]!, 1, 0, 600_000),
  "incr, one key": (dict) => dict.incr("hot", 1, 0, 600_000),
};
const timeOf = (dict: ZoneDict, run: (dict: ZoneDict, i: number) => unknown): number => {
  const start = performance.now();
  for (let i = 0; i < calls; i++) if (run(dict, (i * 7919) % entries) !== undefined) sink++;
  return ((performance.now() - start) * 1e6) / calls;
};
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
const measure = (dict: ZoneDict, name: string): number =>
  median(Array.from({ length: rounds + 5 }, () => timeOf(dict, work[name]!)).slice(5));

if (!isMainThread) {
  const { zone, name, state } = workerData as { zone: SharedArrayBuffer; name: string; state: Int32Array };
  const dict = new ZoneDict(zone, clock, 2);
  Atomics.store(state, 0, 1);
  Atomics.notify(state, 0);
  while (Atomics.load(state, 0) === 1) timeOf(dict, work[name]!);
} else {
  for (const shards of [16, 1]) {
    const zone = createZone(16 << 20, shards);
    const dict = new ZoneDict(zone, clock, 1);
    for (const name of Object.keys(work)) {
      const alone = measure(dict, name);
      const state = new Int32Array(new SharedArrayBuffer(4));
      const other = new Worker(new URL(import.meta.url), { workerData: { zone, name, state } });
      Atomics.wait(state, 0, 0, 10_000);
      const beside = measure(dict, name);
      Atomics.store(state, 0, 2);
      await new Promise((resolve) => other.once("exit", resolve));
      console.log(
        `${String(shards).padStart(2)} shards  ${name.padEnd(30)}${alone.toFixed(0).padStart(6)} ns alone${beside
          .toFixed(0)
          .padStart(7)} ns with a second   x${(beside / alone).toFixed(2)}`,
      );
    }
  }
  if (sink < 0) throw new Error("nothing happened");
}

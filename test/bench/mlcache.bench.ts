// Run by hand: node test/bench/mlcache.bench.ts. Prints own time, the other's, and the median of the rounds' ratios.
import { LRUCache } from "lru-cache";
import { MemorySharedDict } from "../../adapters/memory/index.ts";
import { CoarseClock, createZone, ZoneDict } from "../../adapters/node/index.ts";
import { Mlcache } from "../../core/mlcache/index.ts";

const [calls, rounds, entries] = [20_000, 101, 1000];
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
let sink = 0;
const keys = Array.from({ length: entries }, (_, i) => `consumer:${(i * 7919).toString(36)}`);
const order = Uint16Array.from({ length: calls }, (_, i) => (i * 7919) % entries);
const value = { id: "x".repeat(460), tags: ["a"] };

const timeOf = (run: () => void): number => {
  const start = performance.now();
  run();
  return ((performance.now() - start) * 1e6) / calls;
};
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
const repeat = (get: (key: string) => unknown) => (): void => {
  for (let i = 0; i < calls; i++) if (get(keys[order[i]!]!) !== undefined) sink++;
};

/** Raw times: choosing a key is in them, on both sides. */
function compare(name: string, own: () => void, other: () => void): void {
  const times: { own: number; other: number; ratio: number }[] = [];
  for (let i = 0; i < rounds + 5; i++) {
    const [a, b] = [timeOf(own), timeOf(other)];
    if (i >= 5) times.push({ own: a, other: b, ratio: a / b });
  }
  const middle = (key: "own" | "other" | "ratio"): number => median(times.map((time) => time[key]));
  console.log(
    `${name.padEnd(50)}${middle("own").toFixed(0).padStart(6)} ns${middle("other").toFixed(0).padStart(7)} ns   x${middle("ratio").toFixed(2)}`,
  );
}

const load = (): typeof value => value;
const coarse = new CoarseClock(clock);
const make = (ttlMs: number, l1Entries: number, more: object = {}): Mlcache<typeof value> =>
  new Mlcache<typeof value>({
    name: "bench",
    clock: coarse,
    ttlMs,
    l1Entries,
    l2: new MemorySharedDict(clock),
    ...more,
  });
const [timed, endless, small] = [make(600_000, entries), make(Infinity, entries), make(600_000, 1)];
const zoned = make(600_000, 1, { l2: new ZoneDict(createZone(16 << 20), coarse, 1) });
const timedOther = new LRUCache<string, typeof value>({ max: entries, ttl: 600_000 });
/** Asks the clock at every look-up too; by default it asks once a millisecond and lets a timer forget. */
const punctualOther = new LRUCache<string, typeof value>({
  max: entries,
  ttl: 600_000,
  ttlResolution: 0,
  perf: { now: () => Date.now() },
});
const endlessOther = new LRUCache<string, typeof value>({ max: entries });
for (const key of keys) {
  for (const cache of [timed, endless, small, zoned]) await cache.get(key, load);
  timedOther.set(key, value);
  punctualOther.set(key, value);
  endlessOther.set(key, value);
}
const text = JSON.stringify(value);
compare(
  "L1 hit, with ttl | lru-cache (target 0.8)",
  repeat((key) => timed.get(key, load)),
  repeat((key) => timedOther.get(key)),
);
compare(
  "L1 hit, no end | lru-cache, no ttl",
  repeat((key) => endless.get(key, load)),
  repeat((key) => endlessOther.get(key)),
);
compare(
  "L2 hit (zone, 500 B) | decoding alone",
  repeat((key) => zoned.get(key, load)),
  repeat(() => JSON.parse(text)),
);
compare(
  "L2 hit (memory, 500 B) | decoding alone",
  repeat((key) => small.get(key, load)),
  repeat(() => JSON.parse(text)),
);
// Last: a second kind of clock makes the calls of the others dearer.
const exact = make(600_000, entries, { clock });
for (const key of keys) await exact.get(key, load);
compare(
  "L1 hit, with ttl | lru-cache, every clock read",
  repeat((key) => exact.get(key, load)),
  repeat((key) => punctualOther.get(key)),
);
if (sink < 0) throw new Error("nothing was found");

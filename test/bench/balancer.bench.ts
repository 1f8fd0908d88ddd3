// Run by hand: node test/bench/balancer.bench.ts. Medians of interleaved rounds, beside a bare look-up in a Map.
import { MemoryClock, MemoryLogger, MemoryRandom, MemorySharedDict } from "../../adapters/memory/index.ts";
import { type Algorithm, healthBoard } from "../../core/balancer/index.ts";
import { DnsClient, readSettings } from "../../core/index.ts";
import { newGroup } from "../support/balancer.ts";
import { MemoryNameServers } from "../support/dns.ts";

const [calls, rounds] = [20_000, 41];
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
const keys = Array.from({ length: 1000 }, (_, i) => `consumer-${(i * 7919).toString(36)}`);
let sink = 0;

const timeOf = (run: () => void): number => {
  const start = performance.now();
  run();
  return ((performance.now() - start) * 1e6) / calls;
};
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

const board = healthBoard(new MemorySharedDict(new MemoryClock()));
const groupOf = (algorithm: Algorithm, count: number) =>
  newGroup(
    Array.from({ length: count }, (_, i) => ({
      target: `10.0.${i >> 8}.${i & 255}:80`,
      weight: 100 + (i % 3),
    })),
    { algorithm, board },
  );
const picking = (algorithm: Algorithm, count: number): (() => void) => {
  const group = groupOf(algorithm, count);
  return () => {
    for (let i = 0; i < calls; i++) if (group.pick(keys[i % 1000]!, undefined, i) !== undefined) sink++;
  };
};

const servers = new MemoryNameServers();
const random = new MemoryRandom(1);
const dns = new DnsClient(
  readSettings({ hosts: "", resolvConf: "" }, servers, random),
  {},
  { clock, random, logger: new MemoryLogger() },
);
const names = Array.from({ length: 1000 }, (_, i) => `service-${i}.namespace.svc.test`);
for (const name of names) {
  servers.put(name, ["10.0.0.1", "10.0.0.2", "10.0.0.3"], 3600);
  await dns.resolve(name);
}

const map = new Map(keys.map((key, i) => [key, i]));
const passive = {
  healthy: { successes: 5, http_statuses: [200] },
  unhealthy: { http_failures: 5, tcp_failures: 5, timeouts: 5, http_statuses: [500] },
};
const counting = newGroup([{ target: "10.0.0.1:80", weight: 1 }], { passive, board });
const counted = counting.addresses[0]!;
const ok = { status: 200 };

const subjects: Record<string, () => void> = {
  "Map.get, to compare": () => {
    for (let i = 0; i < calls; i++) if (map.get(keys[i % 1000]!) !== undefined) sink++;
  },
  "pick, round-robin, 100 targets (target 150)": picking("round-robin", 100),
  "pick, consistent-hashing, 100 targets (target 500)": picking("consistent-hashing", 100),
  "pick, consistent-hashing, 10 targets": picking("consistent-hashing", 10),
  "pick, least-connections, 10 targets": picking("least-connections", 10),
  "pick, latency, 10 targets": picking("latency", 10),
  "resolve, cached, 1,000 names (target 300)": () => {
    for (let i = 0; i < calls; i++) if (!(dns.resolve(names[i % 1000]!) instanceof Promise)) sink++;
  },
  "toip, cached, 1,000 names": () => {
    for (let i = 0; i < calls; i++) if (!(dns.toip(names[i % 1000]!, 80) instanceof Promise)) sink++;
  },
  "report of a 200, passive checks on": () => {
    for (let i = 0; i < calls; i++) if (!counting.report(counted, ok)) sink++;
  },
};

const times = new Map(Object.keys(subjects).map((name) => [name, [] as number[]]));
for (let round = -5; round < rounds; round++)
  for (const [name, run] of Object.entries(subjects)) {
    const time = timeOf(run);
    if (round >= 0) times.get(name)!.push(time);
  }
for (const [name, list] of times) console.log(`${name.padEnd(52)}${median(list).toFixed(0).padStart(7)} ns`);

/** The time of a change by DNS: an address more, an address less. */
const changing = groupOf("consistent-hashing", 100);
const [target] = changing.targets as [(typeof changing.targets)[number]];
const places = ["10.9.0.1", "10.9.0.2"].map((host) => ({ ...target.addresses[0]!, host }));
const start = performance.now();
for (let i = 0; i < 20; i++) changing.place(new Map([[target, places.slice(i % 2)]]));
const tookMs = (performance.now() - start) / 20;
console.log(`a ring of 100 targets is laid out again in ${tookMs.toFixed(1)} ms (${sink > 0})`);

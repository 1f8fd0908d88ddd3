// Run by hand: node test/bench/router.bench.ts [routes…]. Prints one line a measurement; medians of interleaved rounds.
import findMyWay from "find-my-way";
import { HeaderList } from "../../core/http/headers.ts";
import { createRouter, type Router } from "../../core/router/router.ts";
import type { RouteRequest } from "../../core/router/request.ts";
import type { RouterEntry, RouterRoute } from "../../core/router/route.ts";

let seed = 1;
const random = (below: number): number => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed % below;
};
const words = [
  "api",
  "v1",
  "v2",
  "users",
  "orders",
  "items",
  "search",
  "admin",
  "public",
  "internal",
  "files",
  "auth",
];
const word = (): string => words[random(words.length)]!;
const token = (): string => random(2 ** 30).toString(36);

/** Text as parsers hand it over: flat, not yet hashed by the engine. */
const fresh = (text: string): string => Buffer.from(text, "latin1").toString("latin1");

const service = { protocol: "http", host: "upstream.test", port: 80 };
const idOf = (index: number): string =>
  `${index.toString(16).padStart(8, "0")}-0000-4000-8000-${(index * 7919).toString(16).padStart(12, "0")}`;

type Shape = (index: number) => Partial<RouterRoute>;
const paths: Shape = () => ({ paths: [fresh(`/${word()}/${token()}/${word()}`)] });
const hosts: Shape = () => ({ hosts: [fresh(`${token()}.example.test`)] });
const hostsAndPaths: Shape = (index) => ({
  hosts: [fresh(`${index % 1000}.example.test`)],
  paths: [fresh(`/${word()}/${token()}`)],
});
const methodsAndPaths: Shape = () => ({
  methods: ["GET", "POST"],
  paths: [fresh(`/${word()}/${token()}/${word()}`)],
});
const headers: Shape = () => ({ paths: ["/"], headers: { "x-tenant": [token()] } });
const regexes: Shape = () => ({ paths: [`~/${word()}/${token()}/\\d+`] });

function table(count: number, shape: Shape): RouterEntry<number>[] {
  return Array.from({ length: count }, (_, index) => ({
    route: { id: idOf(index), protocols: ["http", "https"], strip_path: true, ...shape(index) },
    service,
    value: index,
  }));
}

function requestFor({ route }: RouterEntry<number>): RouteRequest {
  const path = route.paths?.[0]?.replace(/^\/$/, "") ?? "";
  const target = path.startsWith("~") ? path.slice(1).replace("\\d+", "12345") : `${path}/${random(1e6)}?q=1`;
  const tenant = route.headers?.["x-tenant"]?.[0];
  const host = route.hosts?.[0] ?? "www.example.test";
  return {
    method: "GET",
    target,
    host,
    scheme: "http",
    sni: undefined,
    peerAddress: "10.0.0.1",
    peerPort: 40_000,
    localAddress: "10.0.0.2",
    localPort: 8000,
    headers: new HeaderList([
      "Host",
      host,
      "User-Agent",
      "bench/1.0",
      "Accept",
      "*/*",
      ...(tenant === undefined ? [] : ["X-Tenant", tenant]),
    ]),
  };
}

function requestsOf(entries: readonly RouterEntry<number>[], count: number): RouteRequest[] {
  return Array.from({ length: count }, () => {
    const request = requestFor(entries[random(entries.length)]!);
    return { ...request, target: fresh(request.target), host: fresh(request.host ?? "") };
  });
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

/** Nanoseconds of one call, for each of several candidates measured in turns, each right after a run that isn't timed. */
function compare(candidates: readonly (() => void)[], calls: number, rounds = 15): number[] {
  const times = candidates.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    candidates.forEach((candidate, index) => {
      candidate();
      const start = performance.now();
      candidate();
      times[index]!.push(((performance.now() - start) * 1e6) / calls);
    });
  return times.map(median);
}

const line = (...cells: (string | number)[]): void =>
  console.log(
    cells.map((cell, i) => (i === 0 ? String(cell).padEnd(44) : String(cell).padStart(12))).join(""),
  );
const ns = (value: number): string => `${value.toFixed(0)} ns`;

let matched = 0;
function runner(router: Router<number>, requests: readonly RouteRequest[]): () => void {
  return () => {
    for (const request of requests) if (router.match(request) !== undefined) matched++;
  };
}

function matchTimes(name: string, shape: Shape, counts: readonly number[], requestCount: number): void {
  const candidates = counts.map((count) => {
    const entries = table(count, shape);
    return runner(
      createRouter(entries, { flavor: "traditional_compatible" }),
      requestsOf(entries, requestCount),
    );
  });
  const times = compare(candidates, requestCount);
  line(name, ...times.map(ns), `x${(times.at(-1)! / times[Math.min(1, times.length - 1)]!).toFixed(2)}`);
}

function againstFindMyWay(count: number, requestCount: number): void {
  const entries = table(count, methodsAndPaths);
  const other = findMyWay();
  for (const { route, value } of entries) {
    const [path = "/"] = route.paths ?? [];
    other.on(["GET", "POST"], `${path}/*`, () => value);
  }
  const requests = requestsOf(entries, requestCount);
  const router = createRouter(entries, { flavor: "traditional_compatible" });
  const find = (): void => {
    for (const { target } of requests)
      if (other.find("GET", target.slice(0, target.indexOf("?"))) !== null) matched++;
  };
  const [own, theirs] = compare([runner(router, requests), find], requestCount);
  line(`${count} routes: own, find-my-way, ratio`, ns(own!), ns(theirs!), `x${(own! / theirs!).toFixed(2)}`);
}

function memoryMiB(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

function changes(count: number, shape: Shape, name: string): void {
  const entries = table(count, shape);
  const before = memoryMiB();
  const start = performance.now();
  let router = createRouter(entries, { flavor: "traditional_compatible" });
  const buildMs = performance.now() - start;
  const bytes = ((memoryMiB() - before) * 2 ** 20) / count;
  const times = Array.from({ length: 200 }, (_, i) => {
    const [entry] = table(1, shape);
    const set = [{ ...entry!, route: { ...entry!.route, id: idOf(count + i) } }];
    const begin = performance.now();
    router = router.update({ set });
    return performance.now() - begin;
  });
  const worst = Math.max(...times);
  line(
    `${count} ${name}: build, add one (median, worst), memory`,
    `${buildMs.toFixed(0)} ms`,
    `${(median(times) * 1000).toFixed(0)} us`,
    `${(worst * 1000).toFixed(0)} us`,
    globalThis.gc ? `${bytes.toFixed(0)} B/route` : "no --expose-gc",
  );
}

const counts = process.argv.slice(2).map(Number);
if (counts.length === 0) counts.push(1, 100, 10_000, 100_000);
line("match, 1,000 requests, warm; routes:", ...counts);
for (const [name, shape] of Object.entries({
  paths,
  hosts,
  hostsAndPaths,
  methodsAndPaths,
  headers,
  regexes,
}))
  matchTimes(name, shape, counts, 1000);
line("match, 100,000 requests, cold; routes:", ...counts);
matchTimes("paths", paths, counts, 100_000);
againstFindMyWay(10_000, 1000);
againstFindMyWay(10_000, 100_000);
changes(100_000, paths, "paths");
changes(100_000, hosts, "hosts");
changes(100_000, hostsAndPaths, "hosts and paths");
changes(100_000, regexes, "regexes");
if (matched < 0) throw new Error("nothing matched");

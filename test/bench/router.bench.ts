// Run by hand: node --expose-gc test/bench/router.bench.ts [edge | growth | routes…]. Prints one line a measurement; times are the
// least of interleaved rounds, because whatever else runs on the machine only adds. `edge` compares in workerd.
import findMyWay from "find-my-way";
import { createRouter, type Router } from "../../core/router/router.ts";
import type { RouteRequest } from "../../core/router/request.ts";
import type { RouterEntry, RouterFlavor } from "../../core/router/route.ts";
import { compareAtEdge } from "./router.edge.ts";
import { type Shape, expressionShapes, fresh, idOf, requestsOf, shapes, table } from "./routes.ts";

/** Nanoseconds of one call, for each of several candidates measured in turns, each right after a run that isn't timed. */
function compare(candidates: readonly (() => void)[], calls: number, rounds: number): number[] {
  globalThis.gc?.();
  const times = candidates.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    candidates.forEach((candidate, index) => {
      candidate();
      const start = performance.now();
      candidate();
      times[index]!.push(((performance.now() - start) * 1e6) / calls);
    });
  return times.map((list) => Math.min(...list));
}

const line = (...cells: (string | number)[]): void =>
  console.log(
    cells.map((cell, i) => (i === 0 ? String(cell).padEnd(52) : String(cell).padStart(14))).join(""),
  );
const ns = (value: number): string => `${value.toFixed(0)} ns`;

let matched = 0;
function runner(router: Router<number>, requests: readonly RouteRequest[]): () => void {
  return () => {
    for (const request of requests) if (router.match(request) !== undefined) matched++;
  };
}

/** The last column is the last time over the second: 100,000 routes over 100. */
function matchTimes(
  name: string,
  shape: Shape,
  counts: readonly number[],
  requestCount: number,
  flavor: RouterFlavor = "traditional_compatible",
): void {
  const candidates = counts.map((count) => {
    const entries = table(count, shape);
    return runner(createRouter(entries, { flavor }), requestsOf(entries, requestCount));
  });
  const times = compare(candidates, requestCount, Math.max(15, 200_000 / requestCount));
  line(name, ...times.map(ns), `x${(times.at(-1)! / times[Math.min(1, times.length - 2)]!).toFixed(2)}`);
}

/** A look-up in a Map by the routes' own paths, and one field of what it finds: what the memory itself costs. */
function floorRunner(entries: readonly RouterEntry<number>[], requests: readonly RouteRequest[]): () => void {
  const map = new Map(entries.map((entry) => [entry.route.paths![0]!, { ...entry }]));
  const keys = requests.map(({ target }) => fresh(target.slice(0, target.lastIndexOf("/"))));
  return () => {
    for (const key of keys) if (map.get(key)!.route !== undefined) matched++;
  };
}

/** Requests of the same number and kind in both tables: what is left of the ratio is the tables' and the memory's. */
function growth(counts: readonly number[]): void {
  const tables = counts.map((count) => table(count, shapes.paths));
  const routers = tables.map((entries) => createRouter(entries, { flavor: "traditional_compatible" }));
  const turns = (name: string, candidates: readonly (() => void)[], calls: number): void => {
    const times = compare(candidates, calls, Math.max(15, 300_000 / calls));
    line(name, ...times.map(ns), `x${(times.at(-1)! / times[0]!).toFixed(2)}`);
  };
  for (const calls of [200, 1000, 10_000]) {
    const requests = tables.map((entries) => requestsOf(entries, calls));
    turns(
      `hits, ${calls} distinct`,
      routers.map((router, i) => runner(router, requests[i]!)),
      calls,
    );
    turns(
      `a Map, ${calls} distinct`,
      tables.map((entries, i) => floorRunner(entries, requests[i]!)),
      calls,
    );
  }
  const missed = requestsOf(table(1000, shapes.paths), 1000);
  turns(
    "misses, 1000 distinct",
    routers.map((router) => runner(router, missed)),
    1000,
  );
}

function againstFindMyWay(count: number, requestCount: number): void {
  const entries = table(count, shapes.methodsAndPaths);
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
  const [own, theirs] = compare(
    [runner(router, requests), find],
    requestCount,
    Math.max(15, 200_000 / requestCount),
  );
  line(`${count} routes: own, find-my-way, ratio`, ns(own!), ns(theirs!), `x${(own! / theirs!).toFixed(2)}`);
}

/** Several collections: buffers go after the objects that held them. */
async function memoryMiB(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

async function changes(
  count: number,
  shape: Shape,
  name: string,
  flavor: RouterFlavor = "traditional_compatible",
): Promise<void> {
  const entries = table(count, shape);
  const before = await memoryMiB();
  const start = performance.now();
  let router = createRouter(entries, { flavor });
  const buildMs = performance.now() - start;
  const bytes = (((await memoryMiB()) - before) * 2 ** 20) / count;
  const edit = (change: (index: number) => Parameters<typeof router.update>[0]): string => {
    const times = Array.from({ length: 200 }, (_, index) => {
      const made = change(index);
      const begin = performance.now();
      router = router.update(made);
      return (performance.now() - begin) * 1000;
    }).sort((a, b) => a - b);
    return `${times[100]!.toFixed(0)}/${times[197]!.toFixed(0)} us`;
  };
  const changed = (id: string): Parameters<typeof router.update>[0] => {
    const [entry] = table(1, shape);
    return { set: [{ ...entry!, route: { ...entry!.route, id } }] };
  };
  line(
    `${count} ${name}: build; add, change, remove; memory`,
    `${buildMs.toFixed(0)} ms`,
    edit((index) => changed(idOf(count + index))),
    edit((index) => changed(idOf(index * 7))),
    edit((index) => ({ remove: [idOf(index * 11)] })),
    globalThis.gc ? `${bytes.toFixed(0)} B/route` : "no --expose-gc",
  );
}

async function atEdge(): Promise<void> {
  const { own, other } = await compareAtEdge();
  line("workerd, 10000 routes: own, find-my-way, ratio", ns(own), ns(other), `x${(own / other).toFixed(2)}`);
}

const growing = [100, 100_000];

async function onNode(counts: readonly number[]): Promise<void> {
  line("match, 1,000 requests, warm; routes:", ...counts);
  for (const [name, shape] of Object.entries(shapes)) matchTimes(name, shape, counts, 1000);
  for (const [name, shape] of Object.entries(expressionShapes))
    matchTimes(name, shape, counts, 1000, "expressions");
  line("match, 200 requests, warm; routes:", ...counts);
  matchTimes("paths", shapes.paths, counts, 200);
  line("match, 100,000 requests, cold; routes:", ...counts);
  matchTimes("paths", shapes.paths, counts, 100_000);
  line("the same number of paths in both; routes:", ...growing);
  growth(growing);
  againstFindMyWay(10_000, 1000);
  againstFindMyWay(10_000, 100_000);
  for (const [name, shape] of Object.entries(shapes)) await changes(100_000, shape, name);
  for (const [name, shape] of Object.entries(expressionShapes))
    await changes(100_000, shape, name, "expressions");
  if (matched === 0) throw new Error("nothing matched");
}

const [first, ...rest] = process.argv.slice(2);
if (first === "edge") await atEdge();
else if (first === "growth") growth(growing);
else await onNode(first === undefined ? [1, 100, 10_000, 100_000] : [first, ...rest].map(Number));

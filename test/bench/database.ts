import { writeFileSync } from "node:fs";
import path from "node:path";
import { openWorld, type World } from "../acceptance/world.ts";
import { latencyAt } from "./latency.ts";
import { hasProgram, median, pin } from "./process.ts";

export interface DatabaseResult {
  readonly what: string;
  readonly measured: number;
  readonly unit: string;
}

const writesPerSecond = 50;
const requestsPerSecond = 4_000;
const range = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** Seconds that `config db_import` takes, its own start included. */
const importing = async ({ folder, sallyport }: World, document: object): Promise<number> => {
  const file = path.join(folder, "import.json");
  writeFileSync(file, JSON.stringify({ _format_version: "3.0", ...document }));
  const startedAtMs = performance.now();
  const { code, stderr } = await sallyport("config", "db_import", file);
  if (code !== 0) throw new Error(stderr);
  return (performance.now() - startedAtMs) / 1000;
};

const keyed = (count: number, name: string): object => ({
  consumers: range(count, (i) => ({
    username: `${name}${i}`,
    keyauth_credentials: [{ key: `${name}${i}` }],
  })),
});

/** Milliseconds of each page of 1,000 consumers. */
const listing = async ({ adminPort }: World): Promise<readonly number[]> => {
  const times: number[] = [];
  for (let next: string | null = "/consumers?size=1000"; next !== null;) {
    const startedAtMs = performance.now();
    const response = await fetch(`http://127.0.0.1:${adminPort}${next}`);
    ({ next } = (await response.json()) as { next: string | null });
    times.push(performance.now() - startedAtMs);
  }
  return times;
};

/** Changes consumers and routes evenly until `isOver` says so. @returns How many writes. */
const writing = async ({ adminPort }: World, isOver: () => boolean): Promise<number> => {
  const writes: Promise<void>[] = [];
  const put = async (target: string, body: object): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${adminPort}${target}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (response.status !== 200) throw new Error(`${target} answered ${response.status}`);
    await response.arrayBuffer();
  };
  const startedAtMs = performance.now();
  while (!isOver()) {
    const i = writes.length;
    const isRoute = i % 2 === 0;
    writes.push(
      isRoute
        ? put(`/services/up/routes/w${i % 20}`, { paths: [`/w${i}`] })
        : put(`/consumers/w${i}`, { custom_id: `w${i}` }),
    );
    const waitMs = startedAtMs + (writes.length * 1000) / writesPerSecond - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
  }
  await Promise.all(writes);
  return writes.length;
};

/**
 * The p99 of requests to a gateway with one worker, without and with writes, in turns; and that of nginx, which knows nothing
 * of them, on the same processor: what one process does to another there. The load and who writes are on processor 0.
 */
const besideWrites = async (
  world: World,
  nginxPort: number,
  rounds: number,
  seconds: number,
): Promise<DatabaseResult[]> => {
  pin(world.pid(), [1]);
  pin(process.pid, [0]);
  const targets = [
    { name: "sallyport", url: `http://127.0.0.1:${world.proxyPort}/t0` },
    { name: "nginx", url: `http://127.0.0.1:${nginxPort}/` },
  ].map((target) => ({ ...target, quiet: [] as number[], busy: [] as number[] }));
  const p99Ms = async (url: string): Promise<number> =>
    (await latencyAt(url, requestsPerSecond, seconds)).p99Ms;
  let writes = 0;
  for (let round = 0; round < rounds; round++)
    for (const { url, quiet, busy } of targets) {
      quiet.push(await p99Ms(url));
      let isOver = false;
      const measured = p99Ms(url).finally(() => (isOver = true));
      writes += await writing(world, () => isOver);
      busy.push(await measured);
    }
  return [
    { what: "writes while proxying", measured: writes / (rounds * targets.length * seconds), unit: "1/s" },
    ...targets.flatMap(({ name, quiet, busy }) => [
      { what: `${name}: p99 of ${requestsPerSecond} requests/s`, measured: median(quiet), unit: "ms" },
      { what: `${name}: the same beside writes`, measured: median(busy), unit: "ms" },
    ]),
  ];
};

/** What the Admin API's users wait for on SQLite, and what its writes do to requests. */
export const benchDatabase = async (
  upstreamPort: number,
  nginxPort: number,
  rounds: number,
  seconds: number,
): Promise<DatabaseResult[]> => {
  const world = await openWorld({ database: "sqlite", nginx_worker_processes: "1" });
  try {
    const routes = range(3_000, (i) => ({ name: `t${i}`, paths: [`/t${i}`] }));
    const services = [{ name: "up", url: `http://127.0.0.1:${upstreamPort}`, routes }];
    const entities = { services, ...keyed(3_499, "some") };
    const importSeconds = await importing(world, entities);
    const { code, stderr } = await world.sallyport("start");
    if (code !== 0) throw new Error(stderr);
    const beside = hasProgram("vegeta") ? await besideWrites(world, nginxPort, rounds, seconds) : [];
    await importing(world, keyed(100_000, "many"));
    await listing(world);
    const pages = await listing(world);
    return [
      { what: "9,999 entities imported", measured: importSeconds, unit: "s" },
      {
        what: "a page of 1,000 of 100,000 consumers, the first ten",
        measured: median(pages.slice(0, 10)),
        unit: "ms",
      },
      { what: "the last ten", measured: median(pages.slice(-11, -1)), unit: "ms" },
      ...beside,
    ];
  } finally {
    await world.end();
  }
};

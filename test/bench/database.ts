import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { openWorld, type World } from "../acceptance/world.ts";
import { median } from "./process.ts";

export interface DatabaseResult {
  readonly what: string;
  readonly measured: number;
  readonly unit: string;
}

const writesPerSecond = 50;
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

interface Served {
  readonly p99Us: number;
  readonly failures: number;
}

/** Four connections without pause, by wrk. */
const proxying = async ({ proxyPort }: World, seconds: number): Promise<Served> => {
  const url = `http://127.0.0.1:${proxyPort}/t0`;
  const child = spawn("wrk", ["--latency", "-t1", "-c4", `-d${seconds}s`, url], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (bytes: Buffer) => (text += bytes.toString()));
  await new Promise((resolve) => child.once("close", resolve));
  const [, time = "NaN", unit = "us"] = /99%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
  const broken = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text) ?? [];
  const refused = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? "0";
  return {
    p99Us: Number(time) * { us: 1, ms: 1_000, s: 1_000_000 }[unit as "us" | "ms" | "s"],
    failures: [refused, ...broken.slice(1)].reduce((sum, count) => sum + Number(count), 0),
  };
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

/** What the Admin API's users wait for on SQLite, and what its writes do to requests. */
export const benchDatabase = async (
  upstreamPort: number,
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
    await proxying(world, seconds);
    const quiet: Served[] = [];
    const busy: Served[] = [];
    let writes = 0;
    for (let round = 0; round < rounds; round++) {
      quiet.push(await proxying(world, seconds));
      let isOver = false;
      const load = proxying(world, seconds).finally(() => (isOver = true));
      writes += await writing(world, () => isOver);
      busy.push(await load);
    }
    await importing(world, keyed(100_000, "many"));
    await listing(world);
    const pages = await listing(world);
    const p99Us = (served: readonly Served[]): number => median(served.map((one) => one.p99Us));
    const failures = [...quiet, ...busy].reduce((sum, one) => sum + one.failures, 0);
    return [
      { what: "9,999 entities imported", measured: importSeconds, unit: "s" },
      {
        what: "a page of 1,000 of 100,000 consumers, the first ten",
        measured: median(pages.slice(0, 10)),
        unit: "ms",
      },
      { what: "the last ten", measured: median(pages.slice(-11, -1)), unit: "ms" },
      { what: "writes while proxying", measured: writes / (rounds * seconds), unit: "1/s" },
      { what: "requests that failed", measured: failures, unit: "" },
      { what: "p99 of requests without writes", measured: p99Us(quiet), unit: "us" },
      { what: "with writes", measured: p99Us(busy), unit: "us" },
      {
        what: "the ratio of the two",
        measured: median(busy.map((one, i) => one.p99Us / quiet[i]!.p99Us)),
        unit: "",
      },
    ];
  } finally {
    await world.end();
  }
};

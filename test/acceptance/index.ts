// Measures what an operator relies on; takes some minutes: node test/acceptance/index.ts [seconds of load]
import { writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { deaths, writeMortal } from "./deaths.ts";
import { configure, openWorld, toUpstream, type World, wrk } from "./world.ts";
import { rssBytes, runtimePids, untilServes, workersOf } from "./process.ts";

const seconds = Number(process.argv[2] ?? 60);
const say = (what: string, value: unknown): void =>
  void process.stdout.write(`${what}: ${typeof value === "string" ? value : JSON.stringify(value)}\n`);

const counts = (text: string): Record<string, string | undefined> => ({
  requests: /(\d+) requests in/.exec(text)?.[1],
  errors: /Socket errors: (.*)/.exec(text)?.[1] ?? "none",
  "not 2xx": /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? "0",
});

/** Reloads and one upgrade under load. */
const churn = async (world: World): Promise<void> => {
  await configure(world, toUpstream(world, [{ name: "r", paths: ["/"] }]));
  const kept = wrk(world.proxyPort, seconds);
  const short = wrk(world.proxyPort, seconds, ["Connection: close"]);
  const endMs = performance.now() + (seconds - 5) * 1000;
  const reloads = Math.max(2, Math.round(seconds / 3));
  for (let i = 0; i < reloads && performance.now() < endMs; i++) {
    const { code, stderr } = await world.sallyport("reload");
    if (code !== 0) say("a reload failed", stderr);
    if (i === Math.floor(reloads / 2)) process.kill(world.pid(), "SIGUSR2");
    await after(200);
  }
  const log = world.log();
  say("reloads", log.match(/: reloaded/g)?.length ?? 0);
  say("upgrades", log.match(/: upgraded/g)?.length ?? 0);
  say("50 connections kept", counts(await kept.done));
  say("50 connections, one a request", counts(await short.done));
};

/** Milliseconds from a killed runtime to the next answer. */
const killed = async (world: World): Promise<void> => {
  const [pid] = runtimePids(world.pid());
  const startMs = performance.now();
  process.kill(pid!, "SIGKILL");
  await untilServes(world.proxyPort, "/1/");
  say("after kill -9 of the runtime, ms", Math.round(performance.now() - startMs));
};

const routes = (count: number): object[] =>
  Array.from({ length: count }, (_, i) => ({ name: `r${i}`, paths: [`/${i}/`] }));

/** Milliseconds from the command to the first proxied request. */
const startUp = async (what: string, world: World, prepare: () => Promise<void>): Promise<void> => {
  await prepare();
  const startMs = performance.now();
  const { code, stderr } = await world.sallyport("start");
  if (code !== 0) say("it did not start", stderr);
  await untilServes(world.proxyPort, "/1/");
  say(`${what}, ms to the first proxied request`, Math.round(performance.now() - startMs));
};

const memory = async (world: World): Promise<void> => {
  const document = (turn: number): object => ({
    services: Array.from({ length: 1_000 }, (_, i) => ({
      name: `s${i}`,
      host: `u${i}`,
      routes: [{ name: `r${i}`, paths: [`/${turn}/${i}`] }],
    })),
    upstreams: Array.from({ length: 1_000 }, (_, i) => ({
      name: `u${i}`,
      targets: [{ target: `127.0.0.1:${10_000 + i}` }],
    })),
  });
  const [pid] = runtimePids(world.pid());
  const sizes: number[] = [];
  for (let turn = 1; turn <= 100; turn++) {
    await configure(world, document(turn));
    sizes.push(rssBytes(pid!));
  }
  // Between two collections the size goes up and down by a sixth: the median of the last five turns is told.
  const around = (turn: number): number => sizes.slice(turn - 5, turn).sort((a, b) => a - b)[2]!;
  const [tenth, last] = [around(10), around(100)];
  say(
    "RSS after 10 and 100 POST /config, MiB",
    [tenth, last].map((bytes) => Math.round(bytes / 2 ** 20)),
  );
  say("ratio", (last / tenth).toFixed(3));
};

const idle = async (): Promise<void> => {
  const sizes: number[] = [];
  for (const workers of [1, 3]) {
    const world = await openWorld({ nginx_worker_processes: String(workers) });
    await world.sallyport("start");
    await workersOf(world.adminPort, workers);
    sizes.push(rssBytes(runtimePids(world.pid())[0]!));
    await world.end();
  }
  say(
    "RSS of the runtime with 1 and 3 workers, MiB",
    sizes.map((bytes) => Math.round(bytes / 2 ** 20)),
  );
  say("RSS of one worker more, MiB", Math.round((sizes[1]! - sizes[0]!) / 2 / 2 ** 20));
};

const world = await openWorld();
await world.sallyport("start");
await churn(world);
await world.end();

const mortal = await openWorld({ plugins: "bundled, mortal", worker_max_heap_mb: "128" });
writeMortal(mortal.prefix);
await mortal.sallyport("start");
const { kept, died } = await deaths(mortal);
say("workers that died under load", died);
say("50 connections meanwhile: as many errors as requests were under way on them", counts(kept));
await mortal.end();

const declared = await openWorld();
const file = path.join(declared.folder, "kong.json");
const fresh = await openWorld({ declarative_config: file });
writeFileSync(file, JSON.stringify({ _format_version: "3.0", ...toUpstream(fresh, routes(100_000)) }));
await startUp("100,000 routes without a database", fresh, () => Promise.resolve());
await fresh.end();
await declared.end();

const sqlite = await openWorld({ database: "sqlite" });
await startUp("100 routes on SQLite", sqlite, async () => {
  const some = path.join(sqlite.folder, "some.json");
  writeFileSync(some, JSON.stringify({ _format_version: "3.0", ...toUpstream(sqlite, routes(100)) }));
  await sqlite.sallyport("config", "db_import", some);
  // The first start compiles: what it keeps is there for every later one.
  await sqlite.sallyport("start");
  await sqlite.sallyport("stop");
});
await killed(sqlite);
await sqlite.end();

const heavy = await openWorld({ nginx_worker_processes: "1" });
await heavy.sallyport("start");
await memory(heavy);
await heavy.end();
await idle();

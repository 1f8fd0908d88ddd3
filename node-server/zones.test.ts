import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { ask } from "../test/support/client.ts";
import { type Daemon, startDaemon } from "../test/support/daemon.ts";

let daemon: Daemon;
afterEach(() => daemon.stop());

interface Answer {
  readonly worker: number;
  readonly heard: number;
  readonly value?: string;
  readonly from?: string;
}

const plugin = (name: string): string => path.resolve(import.meta.dirname, `../test/support/${name}.ts`);

const start = async (): Promise<Daemon> =>
  startDaemon({
    document: { routes: [{ name: "r", paths: ["/r"], plugins: [{ name: "faulty" }, { name: "shared" }] }] },
    conf: {
      plugins: `bundled, ${plugin("faulty")}, ${plugin("shared")}`,
      nginx_worker_processes: "2",
      mem_cache_size: "1m",
    },
  });

/** Asks until every worker answered as wanted, in turns of the kernel's choice. */
const onBoth = async (
  what: string,
  isWanted: (answer: Answer) => boolean = () => true,
): Promise<Answer[]> => {
  const answers: Answer[] = [];
  const found = new Map<number, Answer>();
  await expect
    .poll(
      async () => {
        const headers = ["X-Do", what, "Connection", "close"];
        const { body } = await ask(daemon.proxyPort, { path: "/r", headers });
        const answer = JSON.parse(body) as Answer;
        answers.push(answer);
        if (isWanted(answer)) found.set(answer.worker, answer);
        return found.size;
      },
      { timeout: 20_000, interval: 5 },
    )
    .toBe(2);
  return answers;
};

const dicts = async (): Promise<Record<string, { capacity: string; allocated_slabs: string }>> => {
  const { body } = await ask(daemon.adminPort, { path: "/status" });
  return (JSON.parse(body) as { memory: { lua_shared_dicts: never } }).memory.lua_shared_dicts;
};

describe("the workers of a node", () => {
  test("share a cache and hear of its changes, also after one was replaced; /status tells of the zones", async () => {
    daemon = await start();
    const before = await onBoth("get");
    expect(new Set(before.map(({ value }) => value)).size).toBe(1);
    expect(before.filter(({ from }) => from === "origin")).toHaveLength(1);
    const fatal = ask(daemon.proxyPort, { path: "/r", headers: ["X-Fault", "exit", "Connection", "close"] });
    await expect(fatal).rejects.toThrow();
    await daemon.said(/worker \d died/);
    // What the dead one loaded is still there for its successor.
    expect((await onBoth("get")).every(({ value }) => value === before[0]!.value)).toBe(true);
    await ask(daemon.proxyPort, { path: "/r", headers: ["X-Do", "delete", "Connection", "close"] });
    await onBoth("get", ({ value }) => value !== before[0]!.value);
    const after = await onBoth("get");
    expect(new Set(after.map(({ value }) => value)).size).toBe(1);
    const cached = { path: "/cache/shared:k" };
    expect(JSON.parse((await ask(daemon.adminPort, cached)).body)).toEqual({ message: after[0]!.value });
    await ask(daemon.adminPort, { ...cached, method: "DELETE" });
    expect((await ask(daemon.adminPort, cached)).status).toBe(404);
    await onBoth("get", ({ value }) => value !== after[0]!.value);
    await ask(daemon.proxyPort, { path: "/r", headers: ["X-Do", "tell", "Connection", "close"] });
    await onBoth("get", ({ heard }) => heard > 0);
    const zones = await dicts();
    expect(Object.keys(zones)).toEqual([
      "kong",
      "kong_db_cache",
      "kong_db_cache_miss",
      "kong_healthchecks",
      "kong_locks",
      "kong_rate_limiting_counters",
    ]);
    expect(zones["kong_db_cache"]).toMatchObject({ capacity: "1.00 MiB" });
  });
});

import { Agent, get } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Daemon, startDaemon } from "../test/support/daemon.ts";
import { type RedisProcess, redisProgram, startRedis } from "../test/support/redis.ts";

const limit = 1_000;
const count = 10_000;

const plugins = (config: Record<string, unknown>, name = "rate-limiting"): Record<string, unknown>[] => [
  { name, config: { year: limit, limit_by: "service", ...config } },
  { name: "request-termination", config: { status_code: 200, message: "passed" } },
];

/** Sends that many requests by some connections at once. @returns How often each status came. */
const flood = async (port: number, path: string, requests = count): Promise<Record<number, number>> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const statuses: Record<number, number> = {};
  let sent = 0;
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      get({ port, host: "127.0.0.1", path, agent }, (response) => {
        const status = response.statusCode!;
        statuses[status] = (statuses[status] ?? 0) + 1;
        response.resume().on("end", resolve);
      }).on("error", reject);
    });
  const lane = async (): Promise<void> => {
    while (sent++ < requests) await one();
  };
  await Promise.all(Array.from({ length: 32 }, lane));
  agent.destroy();
  return statuses;
};

const postRoute = async (
  daemon: Daemon,
  name: string,
  config: Record<string, unknown>,
  plugin?: string,
): Promise<void> => {
  const post = async (path: string, body: unknown): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${daemon.adminPort}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    expect([response.status, response.status === 201 ? "" : await response.text()]).toEqual([201, ""]);
  };
  await post("/routes", { name, paths: [`/${name}`] });
  for (const one of plugins(config, plugin)) await post(`/routes/${name}/plugins`, one);
};

describe("of 10,000 requests to 8 workers exactly 1,000 pass", () => {
  let daemon: Daemon;
  beforeAll(async () => {
    daemon = await startDaemon({ conf: { nginx_worker_processes: "8", database: "sqlite" } });
  }, 60_000);
  afterAll(() => daemon?.stop());

  test("counted in the node's memory", async () => {
    await postRoute(daemon, "local", { policy: "local" });
    expect(await flood(daemon.proxyPort, "/local")).toEqual({ 200: limit, 429: count - limit });
  });

  test("in windows that slide", async () => {
    await postRoute(daemon, "sliding", { policy: "local" }, "rate-limiting-sliding");
    expect(await flood(daemon.proxyPort, "/sliding")).toEqual({ 200: limit, 429: count - limit });
  });

  test("counted in the database", async () => {
    await postRoute(daemon, "cluster", { policy: "cluster" });
    expect(await flood(daemon.proxyPort, "/cluster")).toEqual({ 200: limit, 429: count - limit });
  });

  describe.skipIf(redisProgram === undefined)("with redis-server", () => {
    let redis: RedisProcess;
    beforeAll(async () => void (redis = await startRedis()));
    afterAll(() => redis?.kill());

    test("counted in Redis", async () => {
      await postRoute(daemon, "redis", { policy: "redis", redis: { host: "127.0.0.1", port: redis.port } });
      expect(await flood(daemon.proxyPort, "/redis")).toEqual({ 200: limit, 429: count - limit });
    });

    test("when Redis is killed requests pass or fail, as fault_tolerant says", async () => {
      const dying = await startRedis();
      const server = { policy: "redis", redis: { host: "127.0.0.1", port: dying.port, timeout: 500 } };
      await postRoute(daemon, "tolerant", server);
      await postRoute(daemon, "strict", { ...server, fault_tolerant: false });
      expect(await flood(daemon.proxyPort, "/tolerant", 500)).toEqual({ 200: 500 });
      const flooding = flood(daemon.proxyPort, "/tolerant", 4_000);
      await dying.kill();
      const statuses = await flooding;
      expect(Object.keys(statuses).filter((status) => !["200", "429"].includes(status))).toEqual([]);
      expect(await flood(daemon.proxyPort, "/tolerant", 100)).toEqual({ 200: 100 });
      expect(await flood(daemon.proxyPort, "/strict", 100)).toEqual({ 500: 100 });
    });
  });
});

test("a configuration that counts in a database is refused where there is none", async () => {
  const daemon = await startDaemon({ document: {} });
  const response = await fetch(`http://127.0.0.1:${daemon.adminPort}/config`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      _format_version: "3.0",
      routes: [{ name: "r", paths: ["/"], plugins: plugins({ policy: "cluster" }) }],
    }),
  });
  expect([response.status, await response.text()]).toEqual([
    400,
    expect.stringContaining("plugin 'rate-limiting' can't run here: it needs the database"),
  ]);
  await daemon.stop();
});

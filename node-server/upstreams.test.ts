import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, describe, expect, inject, test } from "vitest";
import { ask } from "../test/support/client.ts";
import { type Daemon, type DaemonOptions, startDaemon } from "../test/support/daemon.ts";

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

const start = async (options: DaemonOptions): Promise<Daemon> => {
  const daemon = await startDaemon(options);
  running.push({ stop: () => daemon.stop() });
  return daemon;
};

interface Node {
  readonly port: number;
  requests: number;
  die(): Promise<void>;
  revive(): Promise<void>;
}

/** A server that can be killed, and started again where it was. */
const startNode = async (host = "127.0.0.1", at = 0): Promise<Node> => {
  const listen = (port: number): Promise<Server> =>
    new Promise((resolve) => {
      const server = createServer((_, response) => {
        node.requests++;
        response.end(`${host}:${node.port}`);
      });
      server.listen(port, host, () => resolve(server));
    });
  let server: Server | undefined;
  const die = (): Promise<void> =>
    new Promise((resolve) => {
      if (server === undefined) return resolve();
      server.close(() => resolve());
      server.closeAllConnections();
      server = undefined;
    });
  const node: Node = {
    port: at,
    requests: 0,
    die,
    revive: async () => {
      server = await listen(node.port);
    },
  };
  server = await listen(at);
  Object.assign(node, { port: (server.address() as AddressInfo).port });
  running.push({ stop: die });
  return node;
};

const upstream = (targets: readonly string[], rest: Record<string, unknown> = {}) => ({
  services: [{ name: "s", host: "ups", routes: [{ name: "r", paths: ["/"] }] }],
  upstreams: [{ name: "ups", targets: targets.map((target) => ({ target })), ...rest }],
});
const json = async (port: number, path: string): Promise<Record<string, unknown>> =>
  JSON.parse((await ask(port, { path })).body) as Record<string, unknown>;
const get = async (daemon: Daemon): Promise<number> =>
  (await ask(daemon.proxyPort, { path: "/", headers: ["Connection", "close"] })).status;

interface ShownTarget {
  readonly target: string;
  readonly health: string;
  readonly data: {
    readonly dns: string;
    readonly addresses: readonly {
      readonly ip: string;
      readonly health: string;
      readonly last_check: number | null;
    }[];
  };
}
const health = async ({ adminPort }: Daemon): Promise<readonly ShownTarget[]> =>
  (await json(adminPort, "/upstreams/ups/health"))["data"] as readonly ShownTarget[];

describe("an upstream under load", () => {
  test("of whose 10 targets 3 are killed fails no GET, and has them back when they are", async () => {
    const nodes = await Promise.all(Array.from({ length: 10 }, () => startNode()));
    const healthchecks = {
      passive: { healthy: { successes: 1 }, unhealthy: { tcp_failures: 2 } },
      active: { type: "tcp", healthy: { successes: 1 }, unhealthy: { interval: 0.3 } },
    };
    const daemon = await start({
      document: upstream(
        nodes.map(({ port }) => `127.0.0.1:${port}`),
        { healthchecks },
      ),
      conf: { nginx_worker_processes: "2" },
    });
    const statuses = new Map<number, number>();
    const load = { isOver: false };
    const connection = async (): Promise<void> => {
      while (!load.isOver) {
        const { status } = await ask(daemon.proxyPort, { path: "/" });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    const connections = Promise.all(Array.from({ length: 50 }, connection));
    const down = async (): Promise<number> =>
      (await health(daemon)).filter((target) => target.health === "UNHEALTHY").length;
    const count = (): number => [...statuses.values()].reduce((sum, some) => sum + some, 0);
    await expect.poll(count, { timeout: 20_000 }).toBeGreaterThan(200);
    await Promise.all(nodes.slice(0, 3).map((node) => node.die()));
    await expect.poll(down, { timeout: 20_000 }).toBe(3);
    await Promise.all(nodes.slice(0, 3).map((node) => node.revive()));
    await expect.poll(down, { timeout: 20_000 }).toBe(0);
    for (const node of nodes) node.requests = 0;
    await expect.poll(() => nodes.every(({ requests }) => requests > 0), { timeout: 20_000 }).toBe(true);
    load.isOver = true;
    await connections;
    expect([...statuses.keys()]).toEqual([200]);
  });
});

describe("health", () => {
  const healthchecks = { passive: { unhealthy: { tcp_failures: 1 } } };

  test("that an operator decided stays when a worker is replaced", async () => {
    const [a, b] = await Promise.all([startNode(), startNode()]);
    const document = upstream([`127.0.0.1:${a.port}`, `127.0.0.1:${b.port}`], { healthchecks });
    const routes = [{ name: "f", paths: ["/fault"], plugins: [{ name: "faulty" }] }];
    const daemon = await start({
      document: { ...document, routes },
      conf: {
        nginx_worker_processes: "1",
        plugins: `bundled, ${path.resolve(import.meta.dirname, "../test/support/faulty.ts")}`,
      },
    });
    const mark = `/upstreams/ups/targets/127.0.0.1:${a.port}/unhealthy`;
    expect((await ask(daemon.adminPort, { method: "PUT", path: mark })).status).toBe(204);
    const fault = { path: "/fault", headers: ["X-Fault", "exit", "Connection", "close"] };
    await expect(ask(daemon.proxyPort, fault)).rejects.toThrow();
    await daemon.said(/worker 0 died/);
    await expect
      .poll(async () => (await health(daemon)).map((target) => target.health).sort(), { timeout: 10_000 })
      .toEqual(["HEALTHY", "UNHEALTHY"]);
    for (let i = 0; i < 6; i++) expect(await get(daemon)).toBe(200);
    expect([a.requests, b.requests]).toEqual([0, 6]);
  });

  test("of the whole upstream is told with its weights", async () => {
    const daemon = await start({
      document: upstream(["127.0.0.1:1", "127.0.0.1:2"], {
        healthchecks: { ...healthchecks, threshold: 60 },
      }),
      conf: { nginx_worker_processes: "1" },
    });
    await ask(daemon.adminPort, { method: "PUT", path: "/upstreams/ups/targets/127.0.0.1:1/unhealthy" });
    const { data } = await json(daemon.adminPort, "/upstreams/ups/health?balancer_health=1");
    expect(data).toMatchObject({
      balancer_health: "UNHEALTHY",
      details: { healthy: false, weight: { total: 200, available: 100, unavailable: 100 } },
    });
    expect(await get(daemon)).toBe(503);
  });
});

describe.skipIf(inject("nameServers").bind9 === undefined)("with bind9 as its name server", () => {
  const conf = { nginx_worker_processes: "2", dns_resolver: inject("nameServers").bind9 ?? "" };

  test("a target's name stands for its addresses, told with their health and last check", async () => {
    const { port } = await startNode("127.0.0.11");
    for (const host of ["127.0.0.12", "127.0.0.13"]) await startNode(host, port);
    const active = { http_path: "/", healthy: { interval: 0.1, successes: 1 }, unhealthy: { interval: 0.1 } };
    const daemon = await start({
      document: upstream([`multi.gw.test:${port}`], { healthchecks: { active } }),
      conf,
    });
    const bodies = new Set<string>();
    for (let i = 0; i < 12; i++)
      bodies.add((await ask(daemon.proxyPort, { path: "/", headers: ["Connection", "close"] })).body);
    expect([...bodies].sort()).toEqual([11, 12, 13].map((n) => `127.0.0.${n}:${port}`));
    await expect
      .poll(
        async () => (await health(daemon))[0]!.data.addresses.every(({ last_check }) => last_check !== null),
        {
          timeout: 10_000,
        },
      )
      .toBe(true);
    const [target] = await health(daemon);
    expect([target!.health, target!.data.dns]).toEqual(["HEALTHY", "A"]);
    const mark = `/upstreams/ups/targets/multi.gw.test:${port}`;
    await ask(daemon.adminPort, { method: "PUT", path: `${mark}/127.0.0.12:${port}/unhealthy` });
    expect((await health(daemon))[0]!.health).toBe("HEALTHY");
    await ask(daemon.adminPort, { method: "PUT", path: `${mark}/unhealthy` });
    // A probe may have it back before it is looked at: what counts is that it was down.
    await daemon.said(/127\.0\.0\.1[123]:\d+ is healthy/);
  });

  test("a service goes where its records lead; a name that does not exist is told as 503", async () => {
    const { port } = await startNode("127.0.0.11");
    const daemon = await start({
      document: {
        services: [
          { name: "a", url: `http://a1.gw.test:${port}`, routes: [{ paths: ["/a"] }] },
          { name: "b", url: "http://nothere.gw.test:80", routes: [{ paths: ["/b"] }] },
        ],
      },
      conf,
    });
    expect((await ask(daemon.proxyPort, { path: "/a" })).body).toBe(`127.0.0.11:${port}`);
    const missing = await ask(daemon.proxyPort, { path: "/b" });
    expect([missing.status, missing.body]).toEqual([503, expect.stringContaining("name resolution failed")]);
    const { worker, stats } = (await json(daemon.adminPort, "/status/dns")) as {
      worker: object;
      stats: Record<string, object>;
    };
    expect(worker).toEqual({ id: 0, count: 2 });
    expect(stats["a1.gw.test|A"]).toMatchObject({ query: 1, query_succ: 1 });
    expect(stats["nothere.gw.test|A"]).toMatchObject({ "query_fail:dns server error: 3 name error": 1 });
  });
});

test("the operating system may resolve names instead", async () => {
  const { port } = await startNode();
  const daemon = await start({
    document: { services: [{ name: "a", url: `http://localhost:${port}`, routes: [{ paths: ["/"] }] }] },
    conf: { nginx_worker_processes: "1", dns_resolver: "system" },
  });
  expect(await get(daemon)).toBe(200);
  expect((await ask(daemon.adminPort, { path: "/status/dns" })).status).toBe(501);
});

test("a property that can't be is refused, all of them at once", async () => {
  const daemon = await startDaemon({
    conf: { dns_resolver: "example.com", dns_order: "LAST,X", dns_stale_ttl: "soon" },
    isStartExpectedToFail: true,
  });
  await new Promise((resolve) => daemon.child.once("close", resolve));
  expect(daemon.output()).toMatch(/dns_resolver must be a comma separated list/);
  expect(daemon.output()).toMatch(/dns_order: invalid entry 'X'/);
  expect(daemon.output()).toMatch(/dns_stale_ttl is not a number/);
});

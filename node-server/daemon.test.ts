import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { ask, valuesOf } from "../test/support/client.ts";
import { type Daemon, type DaemonOptions, startDaemon } from "../test/support/daemon.ts";
import { startUpstream, type Upstream } from "../test/support/upstream.ts";

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

const start = async (options: DaemonOptions): Promise<Daemon> => {
  const daemon = await startDaemon(options);
  running.push({ stop: () => (daemon.child.exitCode === null ? daemon.stop() : Promise.resolve()) });
  return daemon;
};
const upstream = async (): Promise<Upstream> => {
  const started = await startUpstream();
  running.push({ stop: () => started.close() });
  return started;
};

/** A start that fails: its code and what it said. */
const failing = async (options: DaemonOptions): Promise<{ code: number | null; output: string }> => {
  const daemon = await startDaemon({ ...options, isStartExpectedToFail: true });
  const code = await new Promise<number | null>((resolve) => daemon.child.once("close", resolve));
  return { code, output: daemon.output() };
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const runtimePid = async ({ adminPort }: Daemon): Promise<number> => {
  const { body } = await ask(adminPort, { path: "/" });
  return (JSON.parse(body) as { pids: { master: number } }).pids.master;
};

const post = (daemon: Daemon, document: unknown, headers = ["Content-Type", "application/json"]) =>
  ask(daemon.adminPort, { method: "POST", path: "/config", headers, body: JSON.stringify(document) });

const answering = (message: string): Record<string, unknown> => ({
  _format_version: "3.0",
  routes: [
    {
      name: "r",
      paths: ["/r"],
      plugins: [{ name: "request-termination", config: { status_code: 200, message } }],
    },
  ],
});

describe("a start is refused", () => {
  test("with every problem of the declarative file, each with its place", async () => {
    const { code, output } = await failing({
      document: {
        services: [{ name: "s", host: "h", port: 99_999, routes: [{ paths: ["nope"] }] }],
        routes: [{ paths: ["~/(?<"] }],
        plugins: [{ name: "no-such-plugin" }, { name: "key-auth", config: { wrong: 1 } }],
      },
    });
    expect(code).toBe(1);
    for (const place of [
      "services[0].port",
      "services[0].routes[0].paths[0]",
      "routes[0].paths[0]",
      "plugins[0].name",
      "plugins[1].config.wrong",
    ]) {
      expect(output).toContain(place);
    }
  });

  test("with a declarative file that is no YAML", async () => {
    const { code, output } = await failing({ document: "services: [" });
    expect([code, output.includes("failed parsing declarative configuration")]).toEqual([1, true]);
  });

  test("with a declarative file that is not there", async () => {
    const { code, output } = await failing({ conf: { declarative_config: "/nowhere/kong.yml" } });
    expect([code, output.includes("/nowhere/kong.yml")]).toEqual([1, true]);
  });

  test("with a busy port, told which", async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) =>
      other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port)),
    );
    const { code, output } = await failing({ conf: { proxy_listen: `127.0.0.1:${port} reuseport` } });
    other.close();
    expect([code, output]).toEqual([
      1,
      expect.stringContaining(`proxy_listen 127.0.0.1:${port}: the port is in use`),
    ]);
  });

  test("with every wrong property", async () => {
    const { code, output } = await failing({
      conf: { proxy_listen: "nonsense", log_level: "loud", database: "oracle" },
    });
    expect(code).toBe(1);
    for (const name of ["proxy_listen", "log_level", "database"]) expect(output).toContain(name);
  });

  test("while another runs in the prefix", async () => {
    const daemon = await start({});
    const { code, output } = await failing({ conf: { prefix: daemon.prefix } });
    expect([code, output]).toEqual([1, expect.stringContaining("already running")]);
  });
});

test("a plugin file that is none is told, and the gateway starts without it", async () => {
  const file = path.resolve(import.meta.dirname, "version.ts");
  const daemon = await start({ conf: { plugins: `bundled,${file}` } });
  expect(daemon.output()).toContain("does not export");
  expect((await post(daemon, answering("served"))).status).toBe(201);
  expect((await ask(daemon.proxyPort, { path: "/r" })).body).toContain("served");
});

describe("POST /config", () => {
  test("is served by every worker when it is answered", async () => {
    const daemon = await start({ conf: { nginx_worker_processes: "3" } });
    for (let i = 0; i < 10; i++) {
      expect((await post(daemon, answering(`v${i}`))).status).toBe(201);
      const bodies = await Promise.all(
        Array.from({ length: 12 }, () =>
          ask(daemon.proxyPort, { path: "/r", headers: ["Connection", "close"] }),
        ),
      );
      expect(new Set(bodies.map(({ body }) => body))).toEqual(new Set([`{"message":"v${i}"}`]));
    }
  });

  test("that is refused leaves the old configuration", async () => {
    const daemon = await start({ document: { routes: answering("old")["routes"] } });
    const refused = await post(daemon, { ...answering("new"), services: [{ name: "s" }] });
    expect([refused.status, JSON.parse(refused.body)]).toMatchObject([
      400,
      { code: 14, fields: { services: [{ host: "required field missing" }] } },
    ]);
    expect((await ask(daemon.proxyPort, { path: "/r" })).body).toBe('{"message":"old"}');
  });

  test("changes the hash that /status tells", async () => {
    const daemon = await start({});
    const hash = async (): Promise<string> =>
      (JSON.parse((await ask(daemon.adminPort, { path: "/status" })).body) as { configuration_hash: string })
        .configuration_hash;
    expect(await hash()).toBe("0".repeat(32));
    await post(daemon, answering("x"));
    expect(await hash()).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
  });
});

describe("the Admin API", () => {
  test("says what it can't do as Kong does", async () => {
    const { adminPort } = await start({});
    const missing = await ask(adminPort, { path: "/nowhere" });
    expect([missing.status, missing.body]).toEqual([404, '{"message":"Not found"}']);
    const method = await ask(adminPort, { method: "DELETE", path: "/status" });
    expect([method.status, method.body]).toEqual([405, '{"message":"Method not allowed"}']);
    const options = await ask(adminPort, { method: "OPTIONS", path: "/config" });
    expect([options.status, valuesOf(options.headers, "allow")]).toEqual([204, ["GET, HEAD, OPTIONS, POST"]]);
    expect((await ask(adminPort, { path: "/status/" })).status).toBe(200);
    expect(JSON.parse((await ask(adminPort, { path: "/status?unit=x" })).body)).toEqual({
      message: "invalid unit 'x' (expected 'k/K', 'm/M', or 'g/G')",
    });
  });
});

describe("a worker that dies", () => {
  const faulty = { plugins: `bundled, ${path.resolve(import.meta.dirname, "../test/support/faulty.ts")}` };
  const document = {
    routes: [
      {
        name: "r",
        paths: ["/r"],
        plugins: [{ name: "faulty" }, { name: "request-termination", config: { status_code: 200 } }],
      },
    ],
  };

  test.each(["throw", "exit", "heap"])(
    "by %s takes no other with it and is replaced",
    async (fault) => {
      const daemon = await start({ document, conf: { ...faulty, nginx_worker_processes: "2" } });
      const pid = await runtimePid(daemon);
      const fatal = ask(daemon.proxyPort, { path: "/r", headers: ["X-Fault", fault, "Connection", "close"] });
      await expect(fatal).rejects.toThrow();
      await daemon.said(/worker \d died/);
      const answers = await Promise.allSettled(
        Array.from({ length: 20 }, () =>
          ask(daemon.proxyPort, { path: "/r", headers: ["Connection", "close"] }),
        ),
      );
      expect(
        answers.filter((answer) => answer.status === "fulfilled" && answer.value.status === 200).length,
      ).toBeGreaterThan(0);
      expect(await runtimePid(daemon)).toBe(pid);
      // Both serve again: the counts come from listening workers only.
      await expect
        .poll(
          async () => {
            const { body } = await ask(daemon.adminPort, { path: "/status" });
            return (JSON.parse(body) as { memory: { workers_lua_vms: unknown[] } }).memory.workers_lua_vms
              .length;
          },
          { timeout: 5_000 },
        )
        .toBe(2);
    },
    30_000,
  );
});

describe("the supervisor", () => {
  test("has a killed runtime serving again", async () => {
    const daemon = await start({ document: { routes: answering("alive")["routes"] } });
    const pid = await runtimePid(daemon);
    process.kill(pid, "SIGKILL");
    await daemon.said(/serves again/);
    expect((await ask(daemon.proxyPort, { path: "/r", headers: ["Connection", "close"] })).body).toBe(
      '{"message":"alive"}',
    );
    expect(await runtimePid(daemon)).not.toBe(pid);
    expect(daemon.output()).toContain("died (SIGKILL)");
  });

  test("that is killed leaves no runtime behind", async () => {
    const daemon = await start({});
    const pid = await runtimePid(daemon);
    daemon.child.kill("SIGKILL");
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });
});

describe.each(["SIGINT", "SIGTERM", "SIGQUIT"] as const)("%s", (signal) => {
  test("lets a request under way end, then leaves nothing", async () => {
    const up = await upstream();
    const daemon = await start({
      document: { services: [{ name: "s", url: `http://127.0.0.1:${up.port}`, routes: [{ paths: ["/"] }] }] },
    });
    const pid = await runtimePid(daemon);
    const response = ask(daemon.proxyPort, { path: "/late" });
    await expect.poll(() => up.held.length, { timeout: 5_000 }).toBe(1);
    const stopped = daemon.stop(signal);
    await daemon.said(/stopping/);
    up.release();
    expect((await response).status).toBe(200);
    expect(await stopped).toBe(0);
    expect([isAlive(pid), existsSync(daemon.prefix)]).toEqual([false, false]);
  });
});

test("a pid file of a dead process is taken over", async () => {
  const first = await start({});
  const file = path.join(first.prefix, "pids/sallyport.pid");
  expect(Number(readFileSync(file, "utf8"))).toBe(first.child.pid);
  first.child.kill("SIGKILL");
  await new Promise((resolve) => first.child.once("exit", resolve));
  writeFileSync(file, String(first.child.pid));
  const second = await start({ conf: { prefix: first.prefix } });
  expect(Number(readFileSync(file, "utf8"))).toBe(second.child.pid);
});

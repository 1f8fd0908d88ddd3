import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { configure, hammer, openWorld, toUpstream, type World } from "../test/acceptance/world.ts";
import { runtimePids } from "../test/acceptance/process.ts";
import { ask } from "../test/support/client.ts";
import { freePorts } from "../test/support/ports.ts";
import { startDaemon } from "../test/support/daemon.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld({ admin_access_log: "logs/admin_access.log" });
});
afterEach(() => world.end());

const start = async (): Promise<void> => {
  expect(await world.sallyport("start")).toMatchObject({ code: 0, stderr: "" });
};
const change = (from: RegExp, to: string): void =>
  writeFileSync(world.conf, readFileSync(world.conf, "utf8").replace(from, to));
const add = (line: string): void => writeFileSync(world.conf, `${readFileSync(world.conf, "utf8")}${line}\n`);
const get = (target = "/") => ask(world.proxyPort, { path: target, headers: ["Connection", "close"] });
const shown = async (): Promise<Record<string, unknown>> =>
  (
    JSON.parse((await ask(world.adminPort, { path: "/" })).body) as {
      configuration: Record<string, unknown>;
    }
  ).configuration;

describe("a reload", () => {
  test("and an upgrade fail no request, on connections that stay or go", async () => {
    await start();
    await configure(world, toUpstream(world, [{ name: "r", paths: ["/"] }]));
    const running = { yes: true };
    const kept = hammer(world.proxyPort, 10, 1_000_000, running);
    const short = hammer(world.proxyPort, 10, 1, running);
    const [before] = runtimePids(world.pid());
    for (let i = 0; i < 3; i++) expect(await world.sallyport("reload")).toMatchObject({ code: 0 });
    expect(runtimePids(world.pid())).toContain(before);
    process.kill(world.pid(), "SIGUSR2");
    await expect.poll(() => world.log(), { timeout: 20_000 }).toContain("upgraded");
    await expect.poll(() => runtimePids(world.pid()).includes(before!), { timeout: 20_000 }).toBe(false);
    const soFar = kept.load.requests;
    await expect.poll(() => kept.load.requests, { timeout: 10_000 }).toBeGreaterThan(soFar + 100);
    running.yes = false;
    await Promise.all([kept.over, short.over]);
    expect([kept.load.failed, short.load.failed]).toEqual([0, 0]);
  });

  test("takes what the file and the environment of the command say now, and keeps what was posted", async () => {
    await start();
    const terminated = [{ name: "request-termination", config: { status_code: 418 } }];
    await configure(world, { routes: [{ name: "r", paths: ["/r"], plugins: terminated }] });
    add("headers = off");
    process.env["SALLYPORT_REAL_IP_HEADER"] = "X-Client";
    const { code } = await world
      .sallyport("reload")
      .finally(() => delete process.env["SALLYPORT_REAL_IP_HEADER"]);
    const { status, headers } = await get("/r");
    expect([code, status, headers.includes("Server")]).toEqual([0, 418, false]);
    expect(await shown()).toMatchObject({ real_ip_header: "X-Client", headers: ["off"] });
  });

  test("moves to other addresses, and away from old ones", async () => {
    await start();
    const old = world.proxyPort;
    const other = createServer();
    const port = await new Promise<number>((resolve) =>
      other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port)),
    );
    await new Promise((resolve) => other.close(resolve));
    change(/proxy_listen = .*/, `proxy_listen = 127.0.0.1:${port}`);
    expect(await world.sallyport("reload")).toMatchObject({ code: 0 });
    expect((await ask(port, { path: "/" })).status).toBe(404);
    await expect
      .poll(
        () =>
          ask(old, { path: "/", headers: ["Connection", "close"] }).then(
            () => "open",
            () => "gone",
          ),
        {
          timeout: 10_000,
        },
      )
      .toBe("gone");
  });

  test("takes a plugin's files as they are now, those that it imports, too", async () => {
    const folder = path.join(world.prefix, "plugins/parted");
    mkdirSync(folder, { recursive: true });
    const write = (status: number, name: string): void => {
      writeFileSync(
        path.join(folder, "schema.ts"),
        `import { integer, record } from "sallyport";
         export const config = record({ ${name}: integer({ default: ${status} }) }, { required: true });`,
      );
      writeFileSync(path.join(folder, "answer.mjs"), `export const body = "${name}";`);
    };
    write(418, "first");
    writeFileSync(
      path.join(folder, "index.ts"),
      `import { definePlugin } from "sallyport";
       import { config } from "./schema.ts";
       import { body } from "./answer.mjs";
       export const plugin = definePlugin({
         name: "parted",
         priority: 1,
         config,
         create: (config) => ({ access: (exchange) => exchange.exit(Object.values(config)[0], body) }),
       });`,
    );
    await start();
    add("plugins = bundled, parted");
    expect(await world.sallyport("reload")).toMatchObject({ code: 0 });
    await configure(world, { routes: [{ name: "r", paths: ["/r"], plugins: [{ name: "parted" }] }] });
    expect(await get("/r")).toMatchObject({ status: 418, body: "first" });
    write(419, "second");
    expect(await world.sallyport("reload")).toMatchObject({ code: 0 });
    // What was configured before is served by the new code.
    expect(await get("/r")).toMatchObject({ status: 418, body: "second" });
    const plugins = [{ name: "parted", config: { second: 420 } }];
    await configure(world, { routes: [{ name: "r", paths: ["/r"], plugins }] });
    expect(await get("/r")).toMatchObject({ status: 420, body: "second" });
  });

  test("that is refused leaves the old configuration, and says why", async () => {
    await start();
    add("plugins = no-such-plugin");
    expect(await world.sallyport("reload")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("plugin 'no-such-plugin' is not installed"),
    });
    change(/plugins = .*/, "log_level = half-wr");
    process.kill(world.pid(), "SIGHUP");
    await expect.poll(() => world.log(), { timeout: 10_000 }).toContain("half-wr");
    expect((await get()).status).toBe(404);
  });

  test("of a gateway that does not run is an error", async () => {
    await world.sallyport("prepare");
    expect(await world.sallyport("reload")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`Sallyport is not running in prefix: ${world.prefix}`),
    });
  });
});

describe("a gateway in the background", () => {
  test("goes on in new log files after USR1", async () => {
    await start();
    const log = path.join(world.prefix, "logs/error.log");
    const access = path.join(world.prefix, "logs/admin_access.log");
    renameSync(log, `${log}.1`);
    renameSync(access, `${access}.1`);
    process.kill(world.pid(), "SIGUSR1");
    await expect.poll(() => existsSync(log) && existsSync(access), { timeout: 10_000 }).toBe(true);
    await ask(world.adminPort, { path: "/status?after" });
    await expect.poll(() => readFileSync(access, "utf8"), { timeout: 10_000 }).toContain("/status?after");
    expect(readFileSync(`${access}.1`, "utf8")).not.toContain("/status?after");
  });

  test("serves on after its runtime was killed; connections wait meanwhile", async () => {
    await start();
    const [pid] = runtimePids(world.pid());
    process.kill(pid!, "SIGKILL");
    expect((await get()).status).toBe(404);
    expect(world.log()).toContain("died (SIGKILL)");
  });

  test("is not there any more when it was stopped: no process, no socket, no note", async () => {
    await start();
    const pid = world.pid();
    const [runtime] = runtimePids(pid);
    expect(await world.sallyport("stop")).toMatchObject({ code: 0, stdout: "Sallyport stopped\n" });
    const isAlive = (one: number): boolean => existsSync(`/proc/${one}`);
    await expect.poll(() => isAlive(pid) || isAlive(runtime!), { timeout: 10_000 }).toBe(false);
    expect(existsSync(path.join(world.prefix, "pids/sallyport.pid"))).toBe(false);
    await expect(get()).rejects.toThrow();
  });

  test("of which two are started at once runs once", async () => {
    const both = await Promise.all([world.sallyport("start"), world.sallyport("start")]);
    expect(both.map(({ code }) => code).sort((a, b) => a - b)).toEqual([0, 1]);
    expect(both.find(({ code }) => code === 1)?.stderr).toContain("already running");
  });

  test("keeps what it runs with in its prefix, for its owner only", async () => {
    add("admin_token = {vault://env/token}");
    process.env["TOKEN"] = "s3cret";
    await start().finally(() => delete process.env["TOKEN"]);
    const kept = path.join(world.prefix, ".sallyport_env");
    expect([statSync(kept).mode & 0o777, readFileSync(kept, "utf8").includes("s3cret")]).toEqual([
      0o600,
      false,
    ]);
    expect(readFileSync(kept, "utf8")).toContain("admin_token = {vault://env/token}");
    expect(world.log()).not.toContain("s3cret");
  });
});

describe("a start", () => {
  test("takes over the pid file of another program", async () => {
    await world.sallyport("prepare");
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const file = path.join(world.prefix, "pids/sallyport.pid");
    writeFileSync(file, `${other.pid}\n`);
    utimesSync(file, 1_000_000_000, 1_000_000_000);
    expect(await world.sallyport("health")).toMatchObject({ code: 1 });
    await start();
    expect(world.pid()).not.toBe(other.pid);
    other.kill();
  });

  test("in a prefix that can't be written says so", async () => {
    const blocked = path.join(world.folder, "file");
    writeFileSync(blocked, "");
    expect(await world.sallyport("start", "-p", path.join(blocked, "prefix"))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("can't be written"),
    });
  });

  test("waits for a database that does not answer yet, and says so", async () => {
    const daemon = await startDaemon({
      conf: { database: "postgres", pg_host: "127.0.0.1", pg_port: "1" },
      isStartExpectedToFail: true,
    });
    await daemon.said(/the database does not answer yet/);
    await daemon.stop();
    rmSync(daemon.prefix, { recursive: true, force: true });
  });

  test.runIf(process.getuid?.() === 0)("as root has somebody else serve", async () => {
    chmodSync(world.folder, 0o711);
    add("nginx_user = daemon");
    const { code, stderr } = await world.sallyport("start");
    expect([code, stderr]).toEqual([0, ""]);
    const [runtime] = runtimePids(world.pid());
    const uid = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${runtime}/status`, "utf8"))?.[1];
    expect(Number(uid)).toBeGreaterThan(0);
    expect((await get()).status).toBe(404);
  });
});

test("drain has load balancers told to send nothing more, and says when nobody listens for them", async () => {
  await start();
  expect(await world.sallyport("drain")).toMatchObject({
    code: 0,
    stdout: "No status listeners found in configuration.\n",
  });
  const [port] = (await freePorts(1)) as [number];
  add(`status_listen = 127.0.0.1:${port}`);
  await world.sallyport("reload");
  expect(await world.sallyport("drain")).toMatchObject({
    code: 0,
    stdout: "Sallyport's status successfully changed to 'draining'\n",
  });
  const { status, body } = await ask(port, { path: "/status/ready" });
  expect([status, body]).toEqual([503, '{"message":"draining"}']);
});

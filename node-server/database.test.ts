import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PostgresDriver } from "../adapters/sql/node.ts";
import { bootstrapPostgres } from "../test/support/bootstrap.ts";
import { type Daemon, daemonForTest, startDaemon } from "../test/support/daemon.ts";
import { type Postgres, postgresFolder, startPostgres } from "../test/support/postgres.ts";

const folder = mkdtempSync(path.join(tmpdir(), "sallyport-db-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (conf: Record<string, string>): Promise<Daemon> => daemonForTest({ conf });

const send = async (
  { adminPort }: Daemon,
  method: string,
  target: string,
  body?: unknown,
  type = "application/json",
): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetch(`http://127.0.0.1:${adminPort}${target}`, {
    method,
    ...(body !== undefined && {
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "Content-Type": type },
    }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return {
    status: response.status,
    body: isJson && text !== "" ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
};

const proxied = async ({ proxyPort }: Daemon, target: string, headers = {}): Promise<number> => {
  const response = await fetch(`http://127.0.0.1:${proxyPort}${target}`, { headers });
  await response.arrayBuffer();
  return response.status;
};

const answering = { name: "request-termination", config: { status_code: 204 } };
let count = 0;
const sqlite = (): Record<string, string> => ({
  database: "sqlite",
  sqlite_path: path.join(folder, `${++count}.db`),
  nginx_worker_processes: "2",
});

describe("with a database in a file", () => {
  test("what the Admin API answered is served by every worker, at once", async () => {
    const daemon = await start(sqlite());
    for (let i = 0; i < 5; i++) {
      expect((await send(daemon, "POST", "/routes", { name: `r${i}`, paths: [`/r${i}`] })).status).toBe(201);
      expect((await send(daemon, "POST", `/routes/r${i}/plugins`, answering)).status).toBe(201);
      const statuses = await Promise.all(Array.from({ length: 10 }, () => proxied(daemon, `/r${i}`)));
      expect(new Set(statuses)).toEqual(new Set([204]));
      expect((await send(daemon, "DELETE", `/routes/r${i}`)).status).toBe(204);
      expect(await proxied(daemon, `/r${i}`)).toBe(404);
    }
  });

  test("the log level is changed while the gateway runs", async () => {
    const daemon = await start({ ...sqlite(), pg_password: "open sesame" });
    const level = async () => (await send(daemon, "GET", "/debug/node/log-level")).body["message"];
    expect(await level()).toBe("log level: notice");
    expect((await send(daemon, "PUT", "/debug/node/log-level/debug")).body["message"]).toBe(
      "log level changed",
    );
    expect(await level()).toBe("log level: debug");
    const { configuration } = (await send(daemon, "GET", "/")).body;
    expect(configuration).toMatchObject({ log_level: "debug", pg_password: "******", pg_port: 5432 });
  });

  test("two gateways on one file serve each other's changes", async () => {
    // So long that no look comes during the test: the growth of the file tells.
    const conf = { ...sqlite(), db_update_frequency: "3600" };
    const one = await start(conf);
    const other = await start(conf);
    for (let i = 0; i < 3; i++) {
      await send(one, "POST", "/routes", { name: `r${i}`, paths: [`/r${i}`] });
      await send(one, "POST", `/routes/r${i}/plugins`, answering);
      const deadline = performance.now() + 10_000;
      while ((await proxied(other, `/r${i}`)) !== 204)
        if (performance.now() > deadline) throw new Error("the other does not serve it");
      expect((await send(other, "DELETE", `/routes/r${i}`)).status).toBe(204);
      while ((await proxied(one, `/r${i}`)) !== 404)
        if (performance.now() > deadline) throw new Error("the first still serves it");
    }
  });

  test("credentials come and go without a new router", async () => {
    const daemon = await start(sqlite());
    await send(daemon, "POST", "/routes", { name: "r", paths: ["/r"] });
    await send(daemon, "POST", "/routes/r/plugins", { name: "key-auth" });
    await send(daemon, "POST", "/routes/r/plugins", answering);
    await send(daemon, "PUT", "/consumers/ada", {});
    expect(await proxied(daemon, "/r", { apikey: "k" })).toBe(401);
    expect((await send(daemon, "POST", "/consumers/ada/key-auth", { key: "k" })).status).toBe(201);
    expect(await proxied(daemon, "/r", { apikey: "k" })).toBe(204);
    await send(daemon, "PATCH", "/consumers/ada/key-auth/k", { key: "other" });
    expect(await proxied(daemon, "/r", { apikey: "k" })).toBe(401);
    expect(await proxied(daemon, "/r", { apikey: "other" })).toBe(204);
    await send(daemon, "DELETE", "/consumers/ada");
    expect(await proxied(daemon, "/r", { apikey: "other" })).toBe(401);
  });

  test("nothing that was acknowledged is lost when the whole gateway is killed in a storm of writes", async () => {
    const conf = sqlite();
    const first = await startDaemon({ conf });
    const acknowledged: string[] = [];
    let isKilled = false;
    const storm = Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 0; !isKilled; i++) {
        const username = `u-${writer}-${i}`;
        try {
          const { status } = await send(first, "POST", "/consumers", { username });
          if (status === 201) acknowledged.push(username);
        } catch {
          return;
        }
        if (acknowledged.length >= 200 && !isKilled) {
          isKilled = true;
          const runtime = await send(first, "GET", "/").catch(() => undefined);
          const { master } = (runtime?.body["pids"] ?? {}) as { master?: number };
          first.child.kill("SIGKILL");
          if (master !== undefined) process.kill(master, "SIGKILL");
        }
      }
    });
    await Promise.all(storm);
    await first.stop("SIGKILL");
    const second = await start(conf);
    const missing: string[] = [];
    for (const username of acknowledged)
      if ((await send(second, "GET", `/consumers/${username}`)).status !== 200) missing.push(username);
    expect(acknowledged.length).toBeGreaterThanOrEqual(200);
    expect(missing).toEqual([]);
  }, 60_000);

  test("what is no proper request is refused, and nothing is written", async () => {
    const daemon = await start(sqlite());
    const deep = `{"name":"x","host":"h","tags":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    const cases: [string, string, string, unknown, string, number][] = [
      ["deep nesting", "POST", "/services", deep, "application/json", 400],
      ["10 MiB and more", "POST", "/services", "x".repeat(11 * 1024 * 1024), "application/json", 413],
      ["a NUL in a path", "GET", "/services/a%00b", undefined, "", 400],
      ["a NUL in a name", "POST", "/services", { name: "a\u0000b", host: "h" }, "application/json", 400],
      ["a prototype", "POST", "/services", '{"host":"h","__proto__":{"a":1}}', "application/json", 400],
      [
        "SQL in a name",
        "POST",
        "/services",
        { name: "'; DROP TABLE services; --", host: "h" },
        "application/json",
        400,
      ],
      ["a text", "POST", "/services", '"text"', "application/json", 400],
      ["null", "POST", "/services", "null", "application/json", 400],
      ["another media type", "POST", "/services", "a", "text/plain", 415],
      [
        "an endless form",
        "POST",
        "/services",
        "a=1&".repeat(2_000),
        "application/x-www-form-urlencoded",
        400,
      ],
      ["half a document", "POST", "/services", '{"host":', "application/json", 400],
      ["a wrong page size", "GET", "/services?size=x", undefined, "", 400],
      ["a wrong offset", "GET", "/services?offset=%25", undefined, "", 400],
      ["an unknown field", "POST", "/services", { host: "h", nope: 1 }, "application/json", 400],
      ["an unknown method", "PROPFIND", "/services", undefined, "", 405],
    ];
    for (const [what, method, target, body, type, expected] of cases)
      expect([what, (await send(daemon, method, target, body, type)).status]).toEqual([what, expected]);
    expect((await send(daemon, "GET", "/services")).body["data"]).toEqual([]);
    const injected = encodeURIComponent("' OR '1'='1");
    await send(daemon, "POST", "/consumers", { username: "ada" });
    expect((await send(daemon, "DELETE", `/consumers/${injected}`)).status).toBe(204);
    expect((await send(daemon, "GET", "/consumers/ada")).status).toBe(200);
    expect(await proxied(daemon, "/")).toBe(404);
  });

  test("a method that HTTP does not know is refused as any other that a path does not have", async () => {
    const daemon = await start(sqlite());
    const told = async (text: string): Promise<string> => {
      const socket = connect(daemon.adminPort, "127.0.0.1");
      socket.end(text);
      let answer = "";
      for await (const chunk of socket) answer += String(chunk);
      return answer;
    };
    const host = "Host: a.test\r\n\r\n";
    const known = await told(`FOO /services HTTP/1.1\r\n${host}`);
    expect(known).toMatch(/^HTTP\/1\.1 405 /);
    expect(known).toMatch(/\r\n\r\n\{"message":"Method not allowed"\}$/);
    expect(await told(`FOO /nope HTTP/1.1\r\n${host}`)).toMatch(/^HTTP\/1\.1 404 [^]*"Not found"\}$/);
    expect(await told(`F(O /services HTTP/1.1\r\n${host}`)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await told(`FOO /services\r\n${host}`)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("a token keeps strangers out of the Admin API", async () => {
    const daemon = await start({ ...sqlite(), admin_token: "secret" });
    expect((await send(daemon, "GET", "/services")).status).toBe(401);
    const response = await fetch(`http://127.0.0.1:${daemon.adminPort}/services`, {
      headers: { Authorization: "Bearer secret" },
    });
    expect(response.status).toBe(200);
  });
});

describe.skipIf(postgresFolder === undefined)("with PostgreSQL installed", () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());

  const conf = (): Record<string, string> => ({
    database: "postgres",
    pg_port: String(server.port),
    db_update_frequency: "1",
  });

  test("a database that was not prepared is refused with the command that prepares it", async () => {
    const daemon = await startDaemon({ conf: conf(), isStartExpectedToFail: true });
    await daemon.said(/sallyport migrations bootstrap/);
    expect(await daemon.stop()).not.toBe(0);
  });

  test("a change on one node is served by the other soon after", async () => {
    await bootstrapPostgres(server.port);
    const [one, other] = [await start(conf()), await start(conf())];
    const until = async (target: string, status: number): Promise<void> => {
      const deadline = performance.now() + 3_000;
      while ((await proxied(other, target)) !== status)
        if (performance.now() > deadline) throw new Error(`${target} is not ${status} yet`);
    };
    await send(one, "POST", "/routes", { name: "r", paths: ["/r"] });
    await send(one, "POST", "/routes/r/plugins", answering);
    await until("/r", 204);
    await send(other, "DELETE", "/routes/r");
    expect((await send(one, "GET", "/routes/r")).status).toBe(404);
    await until("/r", 404);
  }, 30_000);

  test("what the Admin API shows comes from a copy, and from the original what the copy lacks", async () => {
    const driver = await PostgresDriver.open({
      ...{ host: "127.0.0.1", port: server.port, user: "kong", password: "", database: "kong" },
      ...{ timeoutMs: 5_000, isSecure: false, isVerified: false, connections: 1, onError: () => undefined },
    });
    for (const name of ["original", "copy"]) {
      await driver.query(`CREATE DATABASE ${name}`);
      await bootstrapPostgres(server.port, name);
    }
    await driver.close();
    // A copy that stands still: what it shows was written to it as to a database of its own.
    const still = await start({ ...conf(), pg_database: "copy" });
    await send(still, "PUT", "/consumers/ada", {});
    const daemon = await start({
      ...conf(),
      pg_database: "original",
      pg_ro_host: "127.0.0.1",
      pg_ro_database: "copy",
    });
    expect((await send(daemon, "PUT", "/consumers/bob", {})).status).toBe(200);
    const names = (await send(daemon, "GET", "/consumers")).body["data"] as { username: string }[];
    expect(names.map(({ username }) => username)).toEqual(["ada"]);
    expect((await send(daemon, "GET", "/consumers/bob")).status).toBe(200);
    expect((await send(daemon, "POST", "/consumers/bob/key-auth", { key: "k" })).status).toBe(201);
    // The data path serves the original.
    await send(daemon, "POST", "/routes", { name: "r", paths: ["/r"] });
    await send(daemon, "POST", "/routes/r/plugins", answering);
    expect(await proxied(daemon, "/r")).toBe(204);
  }, 60_000);
});

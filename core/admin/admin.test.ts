import { describe, expect, test } from "vitest";
import { MemoryClock, MemoryLogger, MemoryRandom } from "../../adapters/memory/index.ts";
import { adminInMemory } from "../../test/support/admin.ts";
import {
  bundledPlugins,
  createAdmin,
  createStatusApi,
  Database,
  DeclarativeConfiguration,
  DeclaredStore,
} from "../index.ts";

const rowsOf = (body: Record<string, unknown>): Record<string, unknown>[] =>
  body["data"] as Record<string, unknown>[];

describe("with a database", () => {
  test("a credential that lives a while tells the seconds left, and is gone after them", async () => {
    const { send, clock } = adminInMemory();
    await send("PUT", "/consumers/ada", {});
    expect((await send("POST", "/consumers/ada/key-auth", { key: "k", ttl: 60 })).body["ttl"]).toBe(59);
    clock.advance(20_001);
    expect((await send("GET", "/key-auths/k")).body["ttl"]).toBe(39);
    expect((await send("PATCH", "/key-auths/k", { tags: ["t"] })).body["ttl"]).toBe(39);
    expect((await send("PATCH", "/key-auths/k", { ttl: 100 })).body["ttl"]).toBe(99);
    clock.advance(100_000);
    expect((await send("GET", "/key-auths/k")).status).toBe(404);
    expect((await send("POST", "/consumers/ada/key-auth", { key: "k" })).body["ttl"]).toBeNull();
  });

  test("a consumer is found by its id in another system", async () => {
    const { send } = adminInMemory();
    await send("POST", "/consumers", { username: "ada", custom_id: "7" });
    await send("POST", "/consumers", { username: "bob", custom_id: "8" });
    const found = (await send("GET", "/consumers?custom_id=8")).body;
    expect([rowsOf(found).map(({ username }) => username), found["next"]]).toEqual([["bob"], null]);
    expect(rowsOf((await send("GET", "/consumers?custom_id=9")).body)).toEqual([]);
    for (const query of ["custom_id=", "custom_id=7&custom_id=8"]) {
      const { status, body } = await send("GET", `/consumers?${query}`);
      expect([status, body["message"]]).toEqual([400, "custom_id must be an unempty string"]);
    }
  });

  test("a key is asked for only where the algorithm takes one", async () => {
    const { send } = adminInMemory();
    await send("PUT", "/consumers/ada", {});
    const make = (values: object) => send("POST", "/consumers/ada/jwt", values);
    expect((await make({ rsa_public_key: "bar" })).status).toBe(201);
    expect((await make({ rsa_public_key: "bar", algorithm: "RS256" })).body["fields"]).toEqual({
      rsa_public_key: "invalid key",
      "@entity": ["failed conditional validation given value of field 'algorithm'"],
    });
  });

  test("tags list the rows that carry them, page by page", async () => {
    const { send } = adminInMemory();
    await send("POST", "/services", { name: "a", host: "h", tags: ["x", "y"] });
    await send("POST", "/consumers", { username: "c", tags: ["x"] });
    const first = (await send("GET", "/tags?size=2")).body;
    expect(rowsOf(first)).toHaveLength(2);
    const rest = (await send("GET", String(first["next"]))).body;
    expect([rowsOf(rest).length, rest["next"]]).toEqual([1, null]);
    const tagged = rowsOf((await send("GET", "/tags/x")).body).map((row) => row["entity_name"]);
    expect(tagged).toEqual(["consumers", "services"]);
    expect((await send("GET", "/tags/a%2Fb")).status).toBe(400);
  });

  test("a certificate is found by its server names, and takes them along", async () => {
    const { send } = adminInMemory();
    const pem = (label: string): string => `-----BEGIN ${label}-----\nQUJD\n-----END ${label}-----\n`;
    const pair = { cert: pem("CERTIFICATE"), key: pem("PRIVATE KEY") };
    const made = await send("POST", "/certificates", { ...pair, snis: ["b.test", "a.test"] });
    expect([made.status, made.body["snis"]]).toEqual([201, ["a.test", "b.test"]]);
    expect((await send("GET", "/certificates/b.test")).body["id"]).toBe(made.body["id"]);
    const other = await send("POST", "/certificates", { ...pair, snis: ["a.test"] });
    expect([other.status, other.body["fields"]]).toEqual([
      400,
      { snis: `a.test already associated with existing certificate '${String(made.body["id"])}'` },
    ]);
    expect(rowsOf((await send("GET", "/certificates")).body)).toHaveLength(1);
    expect((await send("PATCH", "/certificates/a.test", { snis: ["c.test"] })).body["snis"]).toEqual([
      "c.test",
    ]);
    expect((await send("DELETE", "/certificates/c.test")).status).toBe(204);
    expect(rowsOf((await send("GET", "/snis")).body)).toEqual([]);
  });

  test("a service with routes stays; with its routes gone it goes, and takes its plugins along", async () => {
    const { send } = adminInMemory();
    await send("POST", "/services", { name: "s", host: "h" });
    await send("POST", "/services/s/routes", { name: "r", paths: ["/r"] });
    await send("POST", "/services/s/plugins", { name: "key-auth" });
    expect((await send("DELETE", "/services/s")).body).toMatchObject({ code: 4 });
    expect(rowsOf((await send("GET", "/plugins")).body)).toHaveLength(1);
    await send("DELETE", "/routes/r");
    expect((await send("DELETE", "/services/s")).status).toBe(204);
    expect(rowsOf((await send("GET", "/plugins")).body)).toEqual([]);
  });

  test("health tells what checks would act on", async () => {
    const { send } = adminInMemory();
    await send("POST", "/upstreams", { name: "u" });
    await send("POST", "/upstreams/u/targets", { target: "127.0.0.1:1" });
    await send("POST", "/upstreams/u/targets", { target: "127.0.0.1:2", weight: 0 });
    const health = async (): Promise<unknown[]> =>
      rowsOf((await send("GET", "/upstreams/u/health")).body).map((row) => [row["target"], row["health"]]);
    expect(new Set(await health())).toEqual(
      new Set([
        ["127.0.0.1:1", "HEALTHCHECKS_OFF"],
        ["127.0.0.1:2", "HEALTHCHECKS_OFF"],
      ]),
    );
    await send("PATCH", "/upstreams/u", { healthchecks: { passive: { unhealthy: { tcp_failures: 1 } } } });
    expect(new Set(await health())).toEqual(
      new Set([
        ["127.0.0.1:1", "HEALTHY"],
        ["127.0.0.1:2", "HEALTHCHECKS_OFF"],
      ]),
    );
    expect((await send("PUT", "/upstreams/u/targets/127.0.0.1:1/unhealthy")).status).toBe(204);
    expect((await send("PUT", "/upstreams/u/targets/127.0.0.1:9/healthy")).status).toBe(404);
  });

  test("a change is noted once it is committed, and not before", async () => {
    const { send, log } = adminInMemory();
    await send("POST", "/services", { name: "s", host: "h" });
    await send("POST", "/services", { name: "s", host: "h" });
    await send("POST", "/services", { name: "s" });
    expect((await log.since(0, 0, 10))!.events).toHaveLength(1);
  });

  test("the jobs of a node are told by name, and how many run and wait", async () => {
    const { send, schedule, timers, clock } = adminInMemory();
    schedule.every(1_000, "purge", () => clock.advance(500));
    schedule.at(60_000, "later", () => undefined);
    await timers.advance(1_000);
    const { stats, worker } = (await send("GET", "/timers")).body as Record<string, Record<string, unknown>>;
    expect(worker).toEqual({ id: 0, count: 0 });
    expect(stats!["sys"]).toEqual({ total: 2, runs: 1, running: 0, pending: 0, waiting: 2 });
    expect(stats!["timers"]).toEqual({
      purge: {
        meta: { name: "purge" },
        stats: { runs: 1, finish: 1, last_err_msg: "", elapsed_time: { last: 0.5, max: 0.5, avg: 0.5 } },
      },
    });
    expect((await send("GET", "/")).body["timers"]).toEqual({ running: 0, pending: 2 });
  });

  test("a token is asked of everybody", async () => {
    const { fetch } = adminInMemory("secret");
    const ask = async (authorization: string): Promise<number> =>
      (await fetch(new Request("http://admin.test/services", { headers: { Authorization: authorization } })))
        .status;
    expect(await Promise.all(["Bearer secret", "Bearer secre", "secret", ""].map(ask))).toEqual([
      200, 401, 401, 401,
    ]);
  });

  test("a method that a path does not have is refused with those that it has", async () => {
    const { fetch } = adminInMemory();
    const { status, headers } = await fetch(new Request("http://admin.test/services", { method: "PATCH" }));
    expect([status, headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS, POST"]);
  });

  test("an address with a NUL character is refused with a reason", async () => {
    const { send } = adminInMemory();
    const { status, body } = await send("GET", "/consumers/%00");
    expect([status, body["message"]]).toEqual([400, expect.stringContaining("NUL")]);
  });
});

describe("without a database", () => {
  const clock = new MemoryClock();
  const configuration = new DeclarativeConfiguration({
    plugins: bundledPlugins,
    routerFlavor: "traditional_compatible",
    clock,
    random: new MemoryRandom(),
  });
  const { entities, auto } = configuration.context;
  const declared = new DeclaredStore(entities, clock);
  const common = {
    server: "sallyport/1.2.3",
    clock,
    logger: new MemoryLogger(),
    database: new Database({ store: declared, entities, auto }),
    counts: () => Promise.resolve([]),
    node: () => ({
      version: "3.9.1",
      sallyport: "1.2.3",
      hostname: "test",
      nodeId: "n",
      masterPid: 1,
      workerPids: [],
      plugins: bundledPlugins,
      properties: {},
    }),
  };
  const admin = createAdmin({
    ...common,
    plugins: bundledPlugins,
    configuration: {
      configuration,
      apply(tables) {
        declared.replaceAll(tables);
        return Promise.resolve();
      },
    },
  });
  const status = createStatusApi({ ...common, configuration });
  const send = async (app: typeof admin, method: string, path: string, body?: unknown) => {
    const response = await app.fetch(
      new Request(`http://admin.test${path}`, {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { "Content-Type": "application/json" },
        }),
      }),
    );
    const text = await response.text();
    return {
      status: response.status,
      body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
  };

  test("nothing is ready until something is loaded; then rows are read and never written", async () => {
    expect((await send(status, "GET", "/status/ready")).status).toBe(503);
    const services = [{ name: "s", host: "h", tags: ["x"], routes: [{ name: "r", paths: ["/r"] }] }];
    expect((await send(admin, "POST", "/config", { _format_version: "3.0", services })).status).toBe(201);
    expect((await send(status, "GET", "/status/ready")).body).toEqual({ message: "ready" });
    expect((await send(admin, "GET", "/services/s")).body["host"]).toBe("h");
    expect(rowsOf((await send(admin, "GET", "/services?tags=x")).body)).toHaveLength(1);
    expect(rowsOf((await send(admin, "GET", "/services/s/routes")).body)).toHaveLength(1);
    const told = async (method: string, path: string, body?: unknown): Promise<unknown[]> => {
      const answer = await send(admin, method, path, body);
      return [answer.status, answer.body["message"]];
    };
    const refused = (what: string): unknown[] => [405, `cannot ${what} when not using a database`];
    expect(await told("POST", "/services", { host: "h" })).toEqual(refused("create 'services' entities"));
    expect(await told("PUT", "/services/s", { host: "h" })).toEqual(
      refused("create or update 'services' entities by 'name'"),
    );
    expect(await told("PATCH", "/services/s", { host: "x" })).toEqual(
      refused("update 'services' entities by 'name'"),
    );
    expect(await told("DELETE", "/routes/r")).toEqual(refused("remove 'routes' entities by 'name'"));
    expect((await told("POST", "/services", {}))[0]).toBe(400);
    expect((await told("DELETE", "/services/none"))[0]).toBe(204);
  });

  test("a node that drains is not ready any more", async () => {
    expect((await send(status, "POST", "/status/ready", { status: "draining" })).status).toBe(204);
    expect(await send(status, "GET", "/status/ready")).toEqual({
      status: 503,
      body: { message: "draining" },
    });
    expect((await send(status, "GET", "/services")).status).toBe(404);
  });
});

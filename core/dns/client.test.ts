import { describe, expect, test } from "vitest";
import { memoryDns } from "../../test/support/dns.ts";
import { DnsFailure, mergeStatistics, readSettings } from "./index.ts";

describe("a name", () => {
  test("is asked for by the types in order, the one that was found last first", async () => {
    const { client, servers, clock } = memoryDns();
    servers.put("a.test", ["10.0.0.1"], 1);
    await client.resolve("a.test");
    clock.advance(2000);
    await client.renew("a.test");
    expect(servers.asked).toEqual(["a.test SRV", "a.test A", "a.test A"]);
  });

  test("of a host comes from its file, addresses from themselves: nobody is asked", () => {
    const { client, servers } = memoryDns({}, { hosts: "10.1.1.1 db db.local" });
    expect(client.toip("DB", 5)).toEqual({ host: "10.1.1.1", port: 5 });
    expect(client.toip("[fe00::9]", 6)).toEqual({ host: "fe00::9", port: 6 });
    expect(client.toip("10.2.2.2", 7)).toEqual({ host: "10.2.2.2", port: 7 });
    expect(servers.asked).toEqual([]);
  });

  test("is answered at once while it is known", async () => {
    const { client, servers } = memoryDns();
    servers.put("a.test", ["10.0.0.1", "10.0.0.2"]);
    await client.toip("a.test", 80);
    const found = [1, 2].map(() => client.toip("a.test", 80) as { host: string });
    expect(found.map(({ host }) => host).sort()).toEqual(["10.0.0.1", "10.0.0.2"]);
  });

  test("that is an alias is followed, its ttl the shortest of all", async () => {
    const { client, servers, clock } = memoryDns({ order: ["A", "CNAME"] });
    servers.zone.set("a.test A", [
      { type: "CNAME", data: "b.test", ttl: 9 },
      { type: "A", name: "b.test", data: "10.0.0.1", ttl: 30 },
      { type: "A", name: "other.test", data: "6.6.6.6" },
    ]);
    const answer = await client.resolve("a.test");
    expect(answer.endpoints.map(({ host }) => host)).toEqual(["10.0.0.1"]);
    expect(answer.expiresAtMs - clock.nowMs()).toBe(9000);
  });

  test("that is an alias the server did not follow is asked for itself", async () => {
    const { client, servers } = memoryDns({ order: ["A"] });
    servers.zone.set("a.test A", [{ type: "CNAME", data: "b.test", ttl: 9 }]);
    servers.put("b.test", ["10.0.0.1"]);
    expect(await client.toip("a.test", 80)).toEqual({ host: "10.0.0.1", port: 80 });
  });

  test("in a record is whole: search domains do not belong to it", async () => {
    const { client, servers } = memoryDns(
      { order: ["SRV", "A", "CNAME"] },
      { resolvConf: "search s.test\noptions ndots:5" },
    );
    servers.put("node.test", ["10.0.0.1"]);
    servers.put("node.test.s.test", ["6.6.6.6"]);
    servers.putServices("svc.test", [["node.test", 81, 1, 1]]);
    servers.zone.set("alias.test CNAME", [{ type: "CNAME", data: "node.test" }]);
    expect(await client.toip("svc.test", 80)).toEqual({ host: "10.0.0.1", port: 81 });
    expect(await client.toip("alias.test", 80)).toEqual({ host: "10.0.0.1", port: 80 });
  });

  test("whose service leads to itself, as some registries say, is no service", async () => {
    const { client, servers } = memoryDns();
    servers.put("a.test", ["10.0.0.1"]);
    servers.zone.set("a.test SRV", [
      { type: "SRV", data: { target: "a.test", port: 1, weight: 1, priority: 1 } },
    ]);
    expect(await client.toip("a.test", 80)).toEqual({ host: "10.0.0.1", port: 80 });
  });

  test("is not answered by a wrong record because a server was silent", async () => {
    const { client, servers } = memoryDns();
    servers.put("a.test", ["10.0.0.1"]);
    servers.zone.set("a.test SRV", "silence");
    expect((await client.resolve("a.test")).failure?.code).toBe("unreachable");
  });

  test("that can't be a name is not asked for", async () => {
    const { client, servers } = memoryDns();
    const failures = await Promise.all(
      ["a..b", `${"x".repeat(64)}.test`, "a b"].map(async (name) => client.resolve(name)),
    );
    expect(failures.map(({ failure }) => failure?.code)).toEqual(["bad_name", "bad_name", "bad_name"]);
    expect(servers.asked).toEqual([]);
  });

  test("goes past the addresses that failed, while there are others", async () => {
    const { client, servers } = memoryDns();
    servers.put("a.test", ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    await client.resolve("a.test");
    const failed = new Set(["10.0.0.1", "10.0.0.2"]);
    for (let i = 0; i < 6; i++)
      expect(client.toip("a.test", 80, ({ host }) => failed.has(host))).toMatchObject({ host: "10.0.0.3" });
    failed.add("10.0.0.3");
    expect(client.toip("a.test", 80, ({ host }) => failed.has(host))).toMatchObject({ port: 80 });
  });
});

describe("what is known", () => {
  test("is served stale while the servers are asked, and then fresh", async () => {
    const { client, servers, clock } = memoryDns({ order: ["A"] });
    servers.put("a.test", ["10.0.0.1"], 5);
    await client.resolve("a.test");
    servers.put("a.test", ["10.0.0.2"], 5);
    clock.advance(6000);
    expect(client.toip("a.test", 80)).toMatchObject({ host: "10.0.0.1" });
    await client.renew("a.test");
    expect(client.toip("a.test", 80)).toMatchObject({ host: "10.0.0.2" });
    expect(servers.asked).toHaveLength(2);
  });

  test("stays when servers fail, and they are not asked more than once a second", async () => {
    const { client, servers, clock } = memoryDns({ order: ["A"] });
    servers.put("a.test", ["10.0.0.1"], 5);
    await client.resolve("a.test");
    servers.zone.set("a.test A", "SERVFAIL");
    clock.advance(6000);
    for (let i = 0; i < 10; i++) expect((await client.renew("a.test")).endpoints).toHaveLength(1);
    expect(servers.asked).toHaveLength(2);
    clock.advance(1001);
    await client.renew("a.test");
    expect(servers.asked).toHaveLength(3);
  });

  test("ends when the servers say that the name is gone", async () => {
    const { client, servers, clock } = memoryDns({ order: ["A"] });
    servers.put("a.test", ["10.0.0.1"], 5);
    await client.resolve("a.test");
    servers.zone.set("a.test A", "NXDOMAIN");
    clock.advance(6000);
    await client.renew("a.test");
    expect((await client.resolve("a.test")).failure?.code).toBe("no_such_name");
  });

  test("to be missing is kept as long as the zone says, at most dns_not_found_ttl", async () => {
    const { client, servers, clock } = memoryDns({ order: ["A"], notFoundTtlMs: 30_000 });
    for (const [negativeTtl, keptMs] of [
      [7, 7000],
      [3600, 30_000],
      [undefined, 30_000],
    ] as const) {
      servers.negativeTtl = negativeTtl;
      const answer = await client.resolve(`no-${negativeTtl}.test`);
      expect(answer.expiresAtMs - clock.nowMs()).toBe(keptMs);
    }
  });

  test("to fail is kept for dns_error_ttl only", async () => {
    const { client, servers, clock } = memoryDns({ order: ["A"], errorTtlMs: 1000 });
    servers.zone.set("a.test A", "SERVFAIL");
    await client.resolve("a.test");
    await client.resolve("a.test");
    clock.advance(1001);
    await client.resolve("a.test");
    expect(servers.asked).toHaveLength(2);
  });

  test("lives for dns_valid_ttl in place of its own ttl", async () => {
    const { client, servers, clock } = memoryDns({ order: ["A"], validTtlMs: 90_000 });
    servers.put("a.test", ["10.0.0.1"], 1);
    const answer = await client.resolve("a.test");
    expect(answer.expiresAtMs - clock.nowMs()).toBe(90_000);
  });

  test("is forgotten when files or servers change", async () => {
    const { client, servers } = memoryDns({ order: ["A"] });
    servers.put("a.test", ["10.0.0.1"]);
    await client.resolve("a.test");
    const random = { fill: () => undefined, fraction: () => 0 };
    client.configure(readSettings({ hosts: "10.7.7.7 a.test", resolvConf: "" }, servers, random));
    expect(client.toip("a.test", 80)).toEqual({ host: "10.7.7.7", port: 80 });
  });
});

describe("many who ask at the same time", () => {
  test.each([
    [false, 1],
    [true, 5],
  ])("with dns_no_sync %s ask %d times", async (isUnsynchronised, questions) => {
    const { client, servers } = memoryDns({ order: ["A"], isUnsynchronised });
    servers.put("a.test", ["10.0.0.1"]);
    await Promise.all(Array.from({ length: 5 }, async () => client.resolve("a.test")));
    expect(servers.asked).toHaveLength(questions);
  });
});

describe("Kong's newer client", () => {
  test("asks for services only by their form of name", async () => {
    const { client, servers } = memoryDns({ order: ["SRV", "A"], isStrict: true });
    servers.put("a.test", ["10.0.0.1"]);
    servers.putServices("_http._tcp.a.test", [["a.test", 81, 1, 1]]);
    await client.resolve("a.test");
    expect(await client.toip("_http._tcp.a.test", 80)).toEqual({ host: "10.0.0.1", port: 81 });
    expect(servers.asked).toEqual(["a.test A", "_http._tcp.a.test SRV"]);
  });
});

describe("the statistics", () => {
  test("count look-ups, questions and failures for each name and type", async () => {
    const { client, servers, clock } = memoryDns({ order: ["A"] });
    servers.put("a.test", ["10.0.0.1"], 5);
    await client.resolve("a.test");
    await client.resolve("a.test");
    clock.advance(6000);
    await client.resolve("a.test");
    await client.renew("a.test");
    await client.resolve("gone.test");
    const stats = client.stats();
    expect(stats["a.test|A"]).toMatchObject({
      runs: 4,
      miss: 1,
      hit_lru: 1,
      hit_stale: 2,
      stale: 1,
      query: 2,
      query_succ: 2,
    });
    expect(stats["gone.test|A"]).toEqual({
      runs: 1,
      miss: 1,
      fail: 1,
      query: 1,
      "query_fail:dns server error: 3 name error": 1,
    });
    expect(mergeStatistics([stats, stats])["gone.test|A"]).toMatchObject({ runs: 2, query: 2 });
  });
});

test("a failure says why, in Kong's words", async () => {
  const { client } = memoryDns({ order: ["A"] });
  expect(await client.toip("gone.test", 80)).toEqual(
    new DnsFailure("no_such_name", "dns server error: 3 name error"),
  );
});

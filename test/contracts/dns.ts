import { describe, expect, test } from "vitest";
import { MemoryClock, MemoryLogger, MemoryRandom } from "../../adapters/memory/index.ts";
import { webRandom } from "../../adapters/web/index.ts";
import {
  DnsClient,
  DnsFailure,
  type DnsOptions,
  type DnsTransport,
  readSettings,
  type ResolverOptions,
} from "../../core/index.ts";

export interface ZoneWorld {
  /** Undefined when no server is installed here: the suite is skipped. */
  readonly server: string | undefined;
  readonly transport: () => DnsTransport;
  /** A server that nobody is at. */
  readonly deadServer: string;
}

/** Milliseconds for a try: a busy machine takes its time. */
const timeoutMs = 4000;

/** The promises of {@link DnsTransport}, and what a client makes of a whole zone on a real server. */
export const describeZone = (name: string, { server, transport, deadServer }: ZoneWorld): void => {
  describe.skipIf(server === undefined)(`the zone on ${name}`, () => {
    const clock = new MemoryClock();
    const clientOf = (
      options: DnsOptions = {},
      resolver: Partial<ResolverOptions> = {},
      by = transport(),
    ): DnsClient => {
      const settings = readSettings(
        { hosts: "", resolvConf: "" },
        by,
        // Ids have to differ: many questions are under way at once.
        { fill: (bytes) => webRandom.fill(bytes), fraction: () => new MemoryRandom(3).fraction() },
        { servers: [server!], timeoutMs, ...resolver },
      );
      const random = new MemoryRandom(7);
      return new DnsClient(settings, options, { clock, random, logger: new MemoryLogger() });
    };
    const picks = async (client: DnsClient, host: string, count: number): Promise<Map<string, number>> => {
      const counts = new Map<string, number>();
      for (let i = 0; i < count; i++) {
        const found = await client.toip(host, 80);
        const key = found instanceof DnsFailure ? found.message : `${found.host} ${found.port}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      return counts;
    };
    const ips = (prefix: string, from: number, to: number): string[] =>
      Array.from({ length: to - from + 1 }, (_, i) => `${prefix}${from + i}`);

    test.each([
      ["a1", "A", 60, ["127.0.0.11"]],
      ["A1", "A", 60, ["127.0.0.11"]],
      ["multi", "A", 5, ips("127.0.0.", 11, 13)],
      ["v6", "AAAA", 60, ["::1"]],
      ["dual", "A", 60, ["127.0.0.11"]],
      ["c1", "A", 60, ["127.0.0.11"]],
      ["ttl1", "A", 1, ["127.0.0.11"]],
      ["anything.wild", "A", 60, ["127.0.0.14"]],
      ["big", "A", 5, ips("127.0.1.", 2, 101)],
      ["_http._tcp.svc", "SRV", 10, ["a1.gw.test", "multi.gw.test"]],
      ["srv1", "SRV", 10, ["a1.gw.test"]],
      ["bigsrv", "SRV", 5, undefined],
    ] as const)(
      "%s is of type %s, lives %d seconds and has its addresses",
      async (host, type, ttl, hosts) => {
        const answer = await clientOf().resolve(`${host}.gw.test`);
        expect([answer.type, answer.failure]).toEqual([type, undefined]);
        expect(answer.expiresAtMs - clock.nowMs()).toBe(ttl * 1000);
        const found = answer.endpoints.map((endpoint) => endpoint.host).sort();
        expect(hosts === undefined ? found.length : found).toEqual(
          hosts === undefined ? 60 : [...hosts].sort(),
        );
      },
    );

    test.each([
      ["nothere", "dns server error: 3 name error", 7000],
      ["txtonly", "dns client error: 101 empty record received", 7000],
      ["srvdot", "dns client error: 101 empty record received", 7000],
      ["dangling", "dns server error: 3 name error", 7000],
      ["loop1", "recursion detected", 1000],
      ["self", "recursion detected", 1000],
    ])("%s has no address: %s, kept as long as the zone says", async (host, message, ttlMs) => {
      const answer = await clientOf().resolve(`${host}.gw.test`);
      expect(answer.failure?.message).toBe(message);
      expect(answer.expiresAtMs - clock.nowMs()).toBe(ttlMs);
    });

    test("an alias into a zone that nobody serves leads nowhere", async () => {
      const { failure } = await clientOf().resolve("cext.gw.test");
      expect(failure?.message).toMatch(/refused|name error/);
    });

    test("a service by weight: 10,000 picks fit the zone (chi-squared)", async () => {
      const counts = await picks(clientOf(), "_http._tcp.svc.gw.test", 10_000);
      const of = (port: string): number =>
        [...counts].reduce((sum, [key, count]) => sum + (key.endsWith(port) ? count : 0), 0);
      const expected = [2500, 7500];
      const chiSquared = [of("18301"), of("18302")].reduce(
        (sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!,
        0,
      );
      // One degree of freedom, p = 0.001.
      expect(chiSquared).toBeLessThan(10.8);
      expect(of("18303")).toBe(0);
      expect([...counts.keys()].filter((key) => key.endsWith("18302"))).toHaveLength(3);
    });

    test("60 services by weight, from an answer too long for a datagram (chi-squared)", async () => {
      const counts = await picks(clientOf(), "bigsrv.gw.test", 10_000);
      const chiSquared = ips("", 1, 60).reduce((sum, n) => {
        const expected = (10_000 * Number(n)) / 1830;
        return sum + ((counts.get(`127.0.0.${n} ${20_000 + Number(n)}`) ?? 0) - expected) ** 2 / expected;
      }, 0);
      // 59 degrees of freedom, p = 0.001.
      expect(chiSquared).toBeLessThan(98.3);
    });

    test.each([
      ["srvcname", ["127.0.0.11 18301"]],
      ["srvip", ips("127.0.0.", 11, 13).map((ip) => `${ip} 18301`)],
      ["srvdead", ["dns server error: 3 name error"]],
      ["multi", ips("127.0.0.", 11, 13).map((ip) => `${ip} 80`)],
    ])("%s leads in turn to %j", async (host, places) => {
      const counts = await picks(clientOf(), `${host}.gw.test`, 30);
      expect([...counts.keys()].sort()).toEqual(places);
      expect(new Set(counts.values()).size).toBe(1);
    });

    test("what lives 0 seconds is asked for each time, what lives 1 second until it is over", async () => {
      const client = clientOf();
      const questions = (host: string): number => client.stats()[`${host}.gw.test|A`]?.["query"] ?? 0;
      for (let i = 0; i < 3; i++) await client.resolve("ttl0.gw.test");
      for (let i = 0; i < 3; i++) await client.resolve("ttl1.gw.test");
      expect([questions("ttl0"), questions("ttl1")]).toEqual([3, 1]);
      clock.advance(1001);
      await client.renew("ttl1.gw.test");
      expect(questions("ttl1")).toBe(2);
    });

    test("many who ask at the same time ask once", async () => {
      const client = clientOf();
      await Promise.all(Array.from({ length: 50 }, async () => client.resolve("a1.gw.test")));
      expect(client.stats()["a1.gw.test|A"]).toMatchObject({ query: 1, query_succ: 1, miss: 50 });
    });

    test("short names are found in the search domains", async () => {
      const settings = readSettings(
        { hosts: "10.9.8.7 here", resolvConf: "search nothere.test gw.test" },
        transport(),
        webRandom,
        { servers: [server!], timeoutMs },
      );
      const client = new DnsClient(settings, {}, { clock, random: webRandom, logger: new MemoryLogger() });
      expect(await client.toip("multi", 1)).toMatchObject({
        host: expect.stringMatching(/^127\.0\.0\.1[123]$/),
      });
      expect(await client.toip("here", 1)).toEqual({ host: "10.9.8.7", port: 1 });
      expect(await client.toip("multi.", 1)).toBeInstanceOf(DnsFailure);
    });

    test("upper and lower case may be mixed at will: the server repeats it", async () => {
      const answer = await clientOf({}, { mixCase: true }).resolve("multi.gw.test");
      expect(answer.endpoints).toHaveLength(3);
    });

    test("a dead server costs one try", async () => {
      const resolver = { servers: [deadServer, server!], timeoutMs, attempts: 2 };
      const answer = await clientOf({ order: ["A"] }, resolver).resolve("a1.gw.test");
      expect(answer.endpoints).toHaveLength(1);
    });

    test("with all servers dead, what was known is served, and what was not fails", async () => {
      const by = transport();
      let isDead = false;
      const mortal: DnsTransport = {
        exchange: (to, query, options) => by.exchange(isDead ? deadServer : to, query, options),
      };
      const client = clientOf({ staleTtlMs: 10_000 }, { attempts: 2 }, mortal);
      await client.resolve("multi.gw.test");
      isDead = true;
      clock.advance(6000);
      expect((await client.renew("multi.gw.test")).endpoints).toHaveLength(3);
      expect((await client.resolve("dual.gw.test")).failure?.code).toBe("unreachable");
      clock.advance(10_000);
      expect((await client.resolve("multi.gw.test")).failure?.code).toBe("unreachable");
    });

    test("an answer that is not accepted is none", async () => {
      const query = Uint8Array.from([
        1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 103, 119, 4, 116, 101, 115, 116, 0, 0, 1, 0, 1,
      ]);
      const exchange = transport().exchange(server!, query, {
        overStream: true,
        timeoutMs,
        accepts: () => false,
      });
      await expect(exchange).rejects.toThrow(Error);
    });
  });
};

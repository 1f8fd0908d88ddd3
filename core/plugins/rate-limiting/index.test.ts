import { describe, expect, test } from "vitest";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";
import { MemoryClock, type MemoryRequest, MemorySharedDict } from "../../../adapters/memory/index.ts";
import type { SharedDict } from "../../ports/shareddict.ts";
import { DictCounters, Limiter, Window } from "../../pdk/limits/index.ts";

const limited = (config: Record<string, unknown>, rest: Record<string, unknown> = {}): TestGateway =>
  gatewayOn(oneRoute([{ name: "rate-limiting", config }], rest));
const send = async ({ client }: TestGateway, request: MemoryRequest = {}) => {
  const { status, headers, body } = await client.send({ target: "/t", ...request });
  return { status, body, get: (name: string) => headers.get(name) };
};
const from = (peerAddress: string): MemoryRequest => ({ connection: { peerAddress } });

describe("requests", () => {
  test("pass up to the limit, and again in the next window", async () => {
    const all = limited({ minute: 2 });
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await send(all)).status);
    all.ports.clock.advance(60_000);
    statuses.push((await send(all)).status);
    expect(statuses).toEqual([200, 200, 429, 429, 200]);
  });

  test.each([
    ["second", 1_000],
    ["minute", 60_000],
    ["hour", 3_600_000],
    ["day", 86_400_000],
    ["month", 31 * 86_400_000],
    ["year", 366 * 86_400_000],
  ])("are counted by the %s", async (period, lengthMs) => {
    const all = limited({ [period]: 1 });
    expect([(await send(all)).status, (await send(all)).status]).toEqual([200, 429]);
    all.ports.clock.advance(lengthMs);
    expect((await send(all)).status).toBe(200);
  });

  test("that are refused don't count in longer windows", async () => {
    const all = limited({ second: 1, hour: 2 });
    expect([(await send(all)).status, (await send(all)).status]).toEqual([200, 429]);
    all.ports.clock.advance(1_000);
    expect((await send(all)).status).toBe(200);
    all.ports.clock.advance(1_000);
    expect((await send(all)).status).toBe(429);
  });

  test("are told their limits", async () => {
    const all = limited({ minute: 2, hour: 5 });
    // 1,700,000,000 s is 13 min 20 s past the hour.
    const { get } = await send(all);
    const names = [
      "X-RateLimit-Limit-Minute",
      "X-RateLimit-Remaining-Minute",
      "X-RateLimit-Limit-Hour",
      "X-RateLimit-Remaining-Hour",
      "RateLimit-Limit",
      "RateLimit-Remaining",
      "RateLimit-Reset",
      "Retry-After",
    ];
    expect(names.map(get)).toEqual(["2", "1", "5", "4", "2", "1", "40", undefined]);
    await send(all);
    const refused = await send(all);
    expect(names.map(refused.get)).toEqual(["2", "0", "5", "3", "2", "0", "40", "40"]);
    expect(refused.body).toContain("API rate limit exceeded");
  });

  test("learn nothing with hide_client_headers", async () => {
    const all = limited({ minute: 1, hide_client_headers: true });
    await send(all);
    const { status, get } = await send(all);
    expect([status, get("RateLimit-Limit"), get("Retry-After")]).toEqual([429, undefined, undefined]);
  });

  test("are refused with what is configured", async () => {
    const all = limited({ minute: 1, error_code: 503, error_message: "slow down" });
    await send(all);
    const { status, body } = await send(all);
    expect([status, body.includes("slow down")]).toEqual([503, true]);
  });
});

describe("counted together are", () => {
  const consumers = [{ username: "a", keyauth_credentials: [{ key: "1" }, { key: "2" }] }];
  const key = (value: string): MemoryRequest => ({ headers: [["apikey", value]] });

  test.each([
    ["ip", { limit_by: "ip" }, from("192.0.2.1"), from("192.0.2.2")],
    [
      "header",
      { limit_by: "header", header_name: "x-t" },
      { headers: [["X-T", "a"]] },
      { headers: [["X-T", "b"]] },
    ],
    [
      "header, or the address without it",
      { limit_by: "header", header_name: "x-t" },
      from("192.0.2.1"),
      from("192.0.2.2"),
    ],
    ["path", { limit_by: "path", path: "/t/x" }, { target: "/t/x" }, { target: "/t/y" }],
  ] as [string, Record<string, unknown>, MemoryRequest, MemoryRequest][])(
    "those of one %s",
    async (_, config, one, other) => {
      const all = limited({ minute: 1, ...config });
      expect([
        (await send(all, one)).status,
        (await send(all, one)).status,
        (await send(all, other)).status,
      ]).toEqual([200, 429, 200]);
    },
  );

  test("those of one consumer, or of one credential", async () => {
    for (const [limit_by, second] of [
      ["consumer", 429],
      ["credential", 200],
    ] as const) {
      const plugins = [{ name: "key-auth" }, { name: "rate-limiting", config: { minute: 1, limit_by } }];
      const all = gatewayOn(oneRoute(plugins, { consumers }));
      expect([(await send(all, key("1"))).status, (await send(all, key("2"))).status]).toEqual([200, second]);
    }
  });

  test("those of all routes of a service, when the plugin is bound to it", async () => {
    const routes = [{ paths: ["/t"] }, { paths: ["/u"] }];
    const plugins = [{ name: "rate-limiting", config: { minute: 1 } }];
    const all = gatewayOn({ services: [{ url: "http://upstream.test", routes, plugins }] });
    expect([(await send(all)).status, (await send(all, { target: "/u" })).status]).toEqual([200, 429]);
  });
});

describe("counting", () => {
  const broken = Object.assign(new MemorySharedDict(new MemoryClock()), {
    incr: () => Promise.reject(new Error("out of order")),
  }) as SharedDict;
  const verdictOn = async (config: Record<string, unknown>): Promise<number> => {
    const document = oneRoute([{ name: "rate-limiting", config: { minute: 1, ...config } }]);
    return (await send(gatewayOn(document, { ports: { counters: broken } }))).status;
  };

  test("that fails lets requests pass, or not", async () => {
    expect(await verdictOn({})).toBe(200);
    expect(await verdictOn({ fault_tolerant: false })).toBe(500);
  });

  test("by many at once lets exactly the limit pass", async () => {
    const dict = new MemorySharedDict(new MemoryClock());
    const slow = Object.assign(new MemorySharedDict(new MemoryClock()), {
      get: (key: string) => Promise.resolve(dict.get(key)),
      incr: (key: string, by: number, init: number) => Promise.resolve(dict.incr(key, by, init)),
    }) as SharedDict;
    const limiter = new Limiter(new DictCounters(slow), [{ period: "hour", limit: 5 }], "x:");
    const verdicts = await Promise.all(Array.from({ length: 50 }, async () => limiter.decide("me", 0)));
    expect(verdicts.filter(({ isAllowed }) => isAllowed)).toHaveLength(5);
    expect(dict.keys().map((key) => dict.get(key))).toEqual([5]);
  });
});

test.each([
  ["second", "2026-02-03T04:05:06.700Z", "2026-02-03T04:05:06Z", "2026-02-03T04:05:07Z"],
  ["day", "2026-02-03T04:05:06Z", "2026-02-03T00:00:00Z", "2026-02-04T00:00:00Z"],
  ["month", "2026-12-03T04:05:06Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"],
  ["year", "2026-02-03T04:05:06Z", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"],
] as const)("the %s around %s is the calendar's", (period, now, start, end) => {
  const window = new Window(period);
  expect([window.move(Date.parse(now)), window.move(Date.parse(now))]).toEqual([true, false]);
  expect([window.startMs, window.endMs]).toEqual([Date.parse(start), Date.parse(end)]);
});

test.each([
  [{ minute: 5, second: 10 }, "The limit for minute(5.0) cannot be lower than the limit for second(10.0)"],
  [{ minute: 5, policy: "redis", redis: { host: "r.test" } }, "policy 'redis' is not available here"],
  [{ minute: 5, policy: "cluster" }, "policy 'cluster' needs a database"],
])("%j is refused with its reason", (config, reason) => {
  expect(() => limited(config)).toThrow(reason);
});

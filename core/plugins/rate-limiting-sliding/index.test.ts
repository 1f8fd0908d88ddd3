import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryClock, MemorySharedDict } from "../../../adapters/memory/index.ts";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";
import { DictCounters } from "../../pdk/limits/index.ts";
import { SlidingLimiter } from "./slidinglimiter.ts";

const limited = (config: Record<string, unknown>): TestGateway =>
  gatewayOn(oneRoute([{ name: "rate-limiting-sliding", config }]));
const minute = 60_000;

describe("requests", () => {
  test("pass again a period later, not at the turn of the minute", async () => {
    const all = limited({ minute: 2 });
    const statuses: number[] = [];
    const send = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) statuses.push((await all.client.send({ target: "/t" })).status);
    };
    // 1,700,000,000 s is 20 s past the minute: 35 s on, two pass at its end.
    all.clock.advance(35_000);
    await send(2);
    all.clock.advance(10_000);
    await send(1);
    all.clock.advance((minute * 9) / 8);
    await send(3);
    expect(statuses).toEqual([200, 200, 429, 200, 200, 429]);
  });

  test("are told what is left, and when a place is free", async () => {
    const all = limited({ minute: 1, hour: 5 });
    const names = [
      "X-RateLimit-Remaining-Minute",
      "X-RateLimit-Remaining-Hour",
      "RateLimit-Limit",
      "Retry-After",
    ];
    const ask = async () => {
      const { headers } = await all.client.send({ target: "/t" });
      return names.map((name) => headers.get(name));
    };
    expect(await ask()).toEqual(["0", "4", "1", undefined]);
    const refused = await ask();
    expect(refused.slice(0, 3)).toEqual(["0", "4", "1"]);
    all.clock.advance(Number(refused[3]) * 1000);
    expect((await all.client.send({ target: "/t" })).status).toBe(200);
  });

  test.each([
    ["header", { limit_by: "header", header_name: "x-t" }, { headers: [["x-t", "2"]] as [string, string][] }],
    ["path", { limit_by: "path", path: "/t/x" }, { target: "/t/y" }],
  ])("are counted by %s", async (_, config, other) => {
    const all = limited({ minute: 1, ...config });
    const one = { target: "/t/x", headers: [["x-t", "1"]] as [string, string][] };
    const statuses: number[] = [];
    for (const request of [one, one, { ...one, ...other }])
      statuses.push((await all.client.send(request)).status);
    expect(statuses).toEqual([200, 429, 200]);
  });

  test("that are refused don't count", async () => {
    const all = limited({ second: 1, hour: 2 });
    const ask = async () => (await all.client.send({ target: "/t" })).status;
    const statuses = [await ask(), await ask()];
    all.clock.advance(1_200);
    statuses.push(await ask());
    expect(statuses).toEqual([200, 429, 200]);
  });
});

test("whenever they come, in no time of a period's length pass more than the limit, and a client that waits passes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      fc.nat(minute),
      async (pauses, limit, startMs) => {
        const clock = new MemoryClock();
        clock.advance(startMs);
        const limiter = new SlidingLimiter(
          new DictCounters(new MemorySharedDict(clock)),
          [{ period: "minute", limit }],
          "",
        );
        const passed: number[] = [];
        for (const pause of pauses) {
          clock.advance(pause);
          const nowMs = clock.nowMs();
          const { isAllowed } = await limiter.decide("me", nowMs);
          if (isAllowed) passed.push(nowMs);
          const lately = passed.filter((at) => at > nowMs - minute).length;
          expect(lately).toBeLessThanOrEqual(limit);
          const longer = passed.filter((at) => at > nowMs - (minute * 9) / 8).length;
          if (longer < limit) expect(isAllowed).toBe(true);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test.each([
  [{ minute: 5, second: 10 }, "The limit for minute(5.0) cannot be lower than the limit for second(10.0)"],
  [{}, "at least one of these fields must be non-empty"],
  [{ minute: 1, sync_rate: 1 }, "unknown field"],
])("%j is refused with its reason", (config, reason) => {
  expect(() => limited(config)).toThrow(reason);
});

describe("counted together are", () => {
  const consumers = [{ username: "a", keyauth_credentials: [{ key: "1" }, { key: "2" }] }];
  test.each([
    ["consumer", {}, 429],
    ["credential", {}, 200],
    ["ip", {}, 429],
    ["service", {}, 429],
    ["header", { header_name: "apikey" }, 200],
    ["path", { path: "/t" }, 429],
  ])("those of one %s", async (limit_by, more, second) => {
    const config = { minute: 1, limit_by, ...more };
    const all = gatewayOn(
      oneRoute([{ name: "key-auth" }, { name: "rate-limiting-sliding", config }], { consumers }),
    );
    const ask = async (key: string) =>
      (await all.client.send({ target: "/t", headers: [["apikey", key]] })).status;
    expect([await ask("1"), await ask("2")]).toEqual([200, second]);
  });
});

test.each(["second", "minute", "hour", "day", "month", "year"])(
  "a limit for a %s is kept",
  async (period) => {
    const all = limited({ [period]: 1 });
    const ask = async () => (await all.client.send({ target: "/t" })).status;
    expect([await ask(), await ask()]).toEqual([200, 429]);
  },
);

test("refusals are what is configured, and clients need not know", async () => {
  const all = limited({ minute: 1, error_code: 503, error_message: "slow down", hide_client_headers: true });
  await all.client.send({ target: "/t" });
  const { status, body, headers } = await all.client.send({ target: "/t" });
  expect([status, body.includes("slow down"), headers.has("Retry-After")]).toEqual([503, true, false]);
});

test.each([
  [true, 200],
  [false, 500],
])("counting that fails, with fault_tolerant: %s", async (fault_tolerant, status) => {
  const counters = Object.assign(new MemorySharedDict(new MemoryClock()), {
    incr: () => Promise.reject(new Error("out of order")),
  });
  const plugins = [{ name: "rate-limiting-sliding", config: { minute: 1, fault_tolerant } }];
  expect(
    (await gatewayOn(oneRoute(plugins), { ports: { counters } }).client.send({ target: "/t" })).status,
  ).toBe(status);
});

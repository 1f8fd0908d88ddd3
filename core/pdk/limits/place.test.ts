import { expect, test } from "vitest";
import type { OpenCounters, RedisServer } from "../../index.ts";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

/** The server that a configuration leads to. */
const serverOf = (name: string, config: Record<string, unknown>): RedisServer => {
  let asked: RedisServer | undefined;
  const redis = (server: RedisServer): OpenCounters => {
    asked = server;
    return {
      take: () => ({ isAllowed: true, counts: [] }),
      read: () => [],
      add: () => [],
      close: () => undefined,
    };
  };
  gatewayOn(oneRoute([{ name, config: { policy: "redis", ...config } }]), { ports: { counting: { redis } } });
  return asked!;
};

const limits: Readonly<Record<string, Record<string, unknown>>> = {
  "rate-limiting": { minute: 1 },
  "rate-limiting-sliding": { minute: 1 },
  "response-ratelimiting": { limits: { video: { minute: 1 } } },
};
const told = {
  host: "r.test",
  port: 7,
  timeout: 8,
  username: "u",
  password: "p",
  database: 9,
  ssl: true,
  ssl_verify: true,
  server_name: "sni.test",
};
const server: RedisServer = {
  host: "r.test",
  port: 7,
  timeoutMs: 8,
  username: "u",
  password: "p",
  database: 9,
  isSecure: true,
  isVerified: true,
  serverName: "sni.test",
};

test.each(Object.keys(limits))("%s counts at the Redis that it is told", (name) => {
  expect(serverOf(name, { ...limits[name], redis: told })).toEqual(server);
});

test.each(["rate-limiting", "response-ratelimiting"])("%s knows the old names of Redis", (name) => {
  const old = Object.fromEntries(Object.entries(told).map(([field, value]) => [`redis_${field}`, value]));
  expect(serverOf(name, { ...limits[name], ...old })).toEqual(server);
});

test.each([
  ["each request", -1, 3, 0],
  ["its sync_rate", 0.5, 0, 1],
])("rate-limiting asks Redis for %s", async (_, sync_rate, takes, adds) => {
  let [taken, added] = [0, 0];
  const redis = (): OpenCounters => ({
    take: () => {
      taken++;
      return { isAllowed: true, counts: [1] };
    },
    read: () => [0],
    add: () => {
      added++;
      return [3];
    },
    close: () => undefined,
  });
  const config = { minute: 5, policy: "redis", redis: { host: "r.test" }, sync_rate };
  const { client, ports } = gatewayOn(oneRoute([{ name: "rate-limiting", config }]), {
    ports: { counting: { redis } },
  });
  for (let i = 0; i < 3; i++) expect((await client.send({ target: "/t" })).status).toBe(200);
  await ports.timers.advance(500);
  expect([taken, added]).toEqual([takes, adds]);
});

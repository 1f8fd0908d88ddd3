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

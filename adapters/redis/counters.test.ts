import { setTimeout as after } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { describeCounters } from "../../test/contracts/counters.ts";
import { redisProgram, startRedis } from "../../test/support/redis.ts";
import type { RedisServer } from "../../core/index.ts";
import { RedisCounters } from "./index.ts";

const serverAt = (port: number): RedisServer => ({
  host: "127.0.0.1",
  port,
  timeoutMs: 1_000,
  username: undefined,
  password: undefined,
  database: 1,
  isSecure: false,
  isVerified: false,
  serverName: undefined,
});
const ignore = (): void => undefined;
const window = { key: "k", limit: 100, endsInMs: 60_000 };

describe.skipIf(redisProgram === undefined)("with redis-server", () => {
  describeCounters("Redis", async () => {
    const redis = await startRedis();
    const counters = new RedisCounters(ignore).at(serverAt(redis.port));
    return {
      counters,
      // Redis has its own clock.
      advance: (ms) => after(ms),
      async close() {
        counters.close();
        await redis.kill();
      },
    };
  });

  test("counting fails while the server is away, and goes on when it is back", async () => {
    const redis = await startRedis();
    const counters = new RedisCounters(ignore).at(serverAt(redis.port));
    expect((await counters.take([window])).isAllowed).toBe(true);
    await redis.kill();
    await expect(Promise.resolve(counters.take([window]))).rejects.toThrow();
    const again = await startRedis(redis.port);
    await expect
      .poll(async () => Promise.resolve(counters.take([window])).then(() => "counts", ignore), {
        timeout: 10_000,
      })
      .toBe("counts");
    counters.close();
    await again.kill();
  });

  test("a server that never was refuses at once", async () => {
    const counters = new RedisCounters(ignore).at(serverAt(1));
    await expect(Promise.resolve(counters.take([window]))).rejects.toThrow();
    counters.close();
  });
});

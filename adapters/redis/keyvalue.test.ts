import { setTimeout as after } from "node:timers/promises";
import { describe } from "vitest";
import { describeKeyValue } from "../../test/contracts/keyvalue.ts";
import { redisProgram, startRedis } from "../../test/support/redis.ts";
import { RedisKeyValue } from "./index.ts";

describe.skipIf(redisProgram === undefined)("with redis-server", () => {
  describeKeyValue("Redis", async () => {
    const { port, kill } = await startRedis();
    const storage = new RedisKeyValue(
      {
        ...{
          host: "127.0.0.1",
          port,
          timeoutMs: 1_000,
          database: 0,
          username: undefined,
          password: undefined,
        },
        ...{ isSecure: false, isVerified: false, serverName: undefined },
      },
      () => undefined,
    );
    return {
      storage,
      // Redis has its own clock.
      advance: (ms) => after(ms),
      async close() {
        storage.close();
        await kill();
      },
    };
  });
});

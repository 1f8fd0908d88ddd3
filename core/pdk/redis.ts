import type { redisFields, RecordOf } from "../schema/index.ts";
import type { RedisServer } from "../ports/counters.ts";

/** The Redis server that a configuration tells. */
export const redisServer = (redis: RecordOf<typeof redisFields>): RedisServer => ({
  host: redis.host ?? "",
  port: redis.port ?? 6379,
  timeoutMs: redis.timeout ?? 2000,
  username: redis.username ?? undefined,
  password: redis.password ?? undefined,
  database: redis.database ?? 0,
  isSecure: redis.ssl === true,
  isVerified: redis.ssl_verify === true,
  serverName: redis.server_name ?? undefined,
});

import { boolean, httpProtocols, integer, number, record, renamed, string } from "../../schema/index.ts";
import type { Field, PluginSchema } from "../../schema/index.ts";
import { limitChecks, limitFields, orderProblem } from "../../pdk/limits/index.ts";

const old = (field: Field, name: string, now: string) =>
  renamed(field, `redis.${now}`, {
    message: `rate-limiting: config.${name} is deprecated, please use config.redis.${now} instead`,
    removal_in_version: "4.0",
  });

export const config = record(
  {
    ...limitFields,
    sync_rate: number({
      required: true,
      default: -1,
      doc: "Seconds between two exchanges with Redis; -1 asks it for each request.",
    }),
  },
  {
    required: true,
    shorthands: {
      redis_host: old(string(), "redis_host", "host"),
      redis_port: old(integer(), "redis_port", "port"),
      redis_password: old(string({ len_min: 0 }), "redis_password", "password"),
      redis_username: old(string(), "redis_username", "username"),
      redis_ssl: old(boolean(), "redis_ssl", "ssl"),
      redis_ssl_verify: old(boolean(), "redis_ssl_verify", "ssl_verify"),
      redis_server_name: old(string(), "redis_server_name", "server_name"),
      redis_timeout: old(integer(), "redis_timeout", "timeout"),
      redis_database: old(integer(), "redis_database", "database"),
    },
    check(row) {
      const problem = orderProblem(row);
      if (problem !== undefined) return problem;
      if (row.policy !== "redis" && row.sync_rate !== -1)
        return "sync_rate can only be used with the redis policy";
      if (row.policy === "redis" && row.sync_rate !== -1 && row.sync_rate < 0.02)
        return "sync_rate must be greater than 0.02, or -1 to disable";
      return undefined;
    },
  },
);

export const schema = {
  config,
  protocols: httpProtocols,
  checks: limitChecks,
} satisfies PluginSchema;

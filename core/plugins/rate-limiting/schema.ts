import {
  atLeastOneOf,
  boolean,
  conditional,
  httpProtocols,
  integer,
  number,
  path,
  record,
  redis,
  renamed,
  string,
  headerName,
} from "../../schema/index.ts";
import type { Field, Infer, PluginSchema } from "../../schema/index.ts";
import { periods } from "../../pdk/limits/index.ts";

const limit = (period: string) => number({ gt: 0, doc: `Requests that may pass in a ${period}.` });

const old = (field: Field, name: string, now: string) =>
  renamed(field, `redis.${now}`, {
    message: `rate-limiting: config.${name} is deprecated, please use config.redis.${now} instead`,
    removal_in_version: "4.0",
  });

export const config = record(
  {
    second: limit("second"),
    minute: limit("minute"),
    hour: limit("hour"),
    day: limit("day"),
    month: limit("month"),
    year: limit("year"),
    limit_by: string({
      default: "consumer",
      one_of: ["consumer", "credential", "ip", "service", "header", "path"],
      doc: "Whose requests are counted together. The client's address stands in where there is no such thing.",
    }),
    header_name: headerName({ doc: "The header for `limit_by: header`." }),
    path: path({ doc: "The path for `limit_by: path`." }),
    policy: string({
      default: "local",
      len_min: 0,
      one_of: ["local", "cluster", "redis"],
      doc: "Where is counted: in the memory of the node, in the database, or in Redis.",
    }),
    fault_tolerant: boolean({
      required: true,
      default: true,
      doc: "Let requests pass when counting fails; false answers them with 500.",
    }),
    redis: redis("The Redis server for `policy: redis`."),
    hide_client_headers: boolean({
      required: true,
      default: false,
      doc: "Don't tell clients their limits.",
    }),
    error_code: number({ default: 429, gt: 0, doc: "The status of a refusal." }),
    error_message: string({ default: "API rate limit exceeded", doc: "The message of a refusal." }),
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
      for (const [i, shorter] of periods.entries()) {
        const low = row[shorter];
        if (low === null) continue;
        for (const longer of periods.slice(i + 1)) {
          const high = row[longer];
          if (high === null || high >= low) continue;
          return `The limit for ${longer}(${high.toFixed(1)}) cannot be lower than the limit for ${shorter}(${low.toFixed(1)})`;
        }
      }
      if (row.policy !== "redis" && row.sync_rate !== -1)
        return "sync_rate can only be used with the redis policy";
      if (row.policy === "redis" && row.sync_rate !== -1 && row.sync_rate < 0.02)
        return "sync_rate must be greater than 0.02, or -1 to disable";
      return undefined;
    },
  },
);

export type Config = Infer<typeof config>;

const needs = (if_field: string, eq: string, then_field: string) =>
  conditional({ if_field, if_match: { eq }, then_field, then_match: { required: true } });

export const schema = {
  config,
  protocols: httpProtocols,
  checks: [
    atLeastOneOf(...periods.map((period) => `config.${period}`)),
    needs("config.policy", "redis", "config.redis.host"),
    needs("config.policy", "redis", "config.redis.port"),
    needs("config.policy", "redis", "config.redis.timeout"),
    needs("config.limit_by", "header", "config.header_name"),
    needs("config.limit_by", "path", "config.path"),
  ],
} satisfies PluginSchema;

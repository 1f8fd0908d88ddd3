import { boolean, integer, renamed, string } from "../../schema/index.ts";
import type { Field, Shorthand } from "../../schema/index.ts";

/** The names that the fields of `redis` had before Kong 3.8. @param plugin Named in what is said about them. */
export function oldRedisNames(plugin: string): Readonly<Record<string, Shorthand>> {
  const old = (field: Field, name: string, now: string) =>
    renamed(field, `redis.${now}`, {
      message: `${plugin}: config.${name} is deprecated, please use config.redis.${now} instead`,
      removal_in_version: "4.0",
    });
  return {
    redis_host: old(string(), "redis_host", "host"),
    redis_port: old(integer(), "redis_port", "port"),
    redis_password: old(string({ len_min: 0 }), "redis_password", "password"),
    redis_username: old(string(), "redis_username", "username"),
    redis_ssl: old(boolean(), "redis_ssl", "ssl"),
    redis_ssl_verify: old(boolean(), "redis_ssl_verify", "ssl_verify"),
    redis_server_name: old(string(), "redis_server_name", "server_name"),
    redis_timeout: old(integer(), "redis_timeout", "timeout"),
    redis_database: old(integer(), "redis_database", "database"),
  };
}

import type { Texts } from "./properties.ts";
import { isTrue } from "./value.ts";

export interface PostgresConf {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly schema: string | undefined;
  readonly timeoutMs: number;
  readonly isSecure: boolean;
  readonly isVerified: boolean;
  readonly connections: number;
}

type Key = Extract<keyof Texts, `pg_${string}`>;
type CopyKey = Extract<Key, `pg_ro_${string}`>;

const copied = [
  "host",
  "port",
  "user",
  "password",
  "database",
  "schema",
  "timeout",
  "ssl",
  "ssl_verify",
  "pool_size",
] as const;

/** The properties of a copy in the names of the original; what is empty is the original's. */
export const copyTexts = (texts: Texts): Texts => {
  const own = copied.map((name): [Key, string] => {
    const key: CopyKey = `pg_ro_${name}`;
    return [`pg_${name}`, texts[key] === "" ? texts[`pg_${name}`] : texts[key]];
  });
  return { ...texts, ...Object.fromEntries(own) };
};

export const postgresConf = (texts: Texts): PostgresConf => ({
  host: texts.pg_host,
  port: Number(texts.pg_port),
  user: texts.pg_user,
  password: texts.pg_password,
  database: texts.pg_database,
  schema: texts.pg_schema || undefined,
  timeoutMs: Number(texts.pg_timeout),
  isSecure: isTrue(texts.pg_ssl),
  isVerified: isTrue(texts.pg_ssl_verify),
  connections: Number(texts.pg_pool_size || 10),
});

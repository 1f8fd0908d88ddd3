import {
  atLeastOneOf,
  boolean,
  conditional,
  headerName,
  number,
  path,
  redis,
  string,
} from "../../schema/index.ts";
import type { RecordOf } from "../../schema/index.ts";
import { type Period, periods } from "./window.ts";

const limit = (period: string) => number({ gt: 0, doc: `Requests that may pass in a ${period}.` });

/** What every plugin that limits requests is told. */
export const limitFields = {
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
};

export type LimitConfig = RecordOf<typeof limitFields>;

/** A longer period never allows less than a shorter one. */
export const orderProblem = (row: Readonly<Record<Period, number | null>>): string | undefined => {
  for (const [i, shorter] of periods.entries()) {
    const low = row[shorter];
    if (low === null) continue;
    for (const longer of periods.slice(i + 1)) {
      const high = row[longer];
      if (high === null || high >= low) continue;
      return `The limit for ${longer}(${high.toFixed(1)}) cannot be lower than the limit for ${shorter}(${low.toFixed(1)})`;
    }
  }
  return undefined;
};

const needs = (if_field: string, eq: string, then_field: string) =>
  conditional({ if_field, if_match: { eq }, then_field, then_match: { required: true } });

export const limitChecks = [
  atLeastOneOf(...periods.map((period) => `config.${period}`)),
  needs("config.policy", "redis", "config.redis.host"),
  needs("config.policy", "redis", "config.redis.port"),
  needs("config.policy", "redis", "config.redis.timeout"),
  needs("config.limit_by", "header", "config.header_name"),
  needs("config.limit_by", "path", "config.path"),
];

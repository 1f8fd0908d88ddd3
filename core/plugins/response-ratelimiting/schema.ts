import {
  atLeastOneOf,
  boolean,
  conditional,
  httpProtocols,
  map,
  number,
  record,
  redis,
  string,
} from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import { oldRedisNames, periods } from "../../pdk/limits/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";
import { needOfPlace } from "../../pdk/limits/index.ts";

const limit = (period: string) => number({ gt: 0, doc: `What may be used in a ${period}.` });

const limits = record(
  {
    second: limit("second"),
    minute: limit("minute"),
    hour: limit("hour"),
    day: limit("day"),
    month: limit("month"),
    year: limit("year"),
  },
  { checks: [atLeastOneOf(...periods)] },
);

type Limits = Record<string, Infer<typeof limits>>;

const orderProblem = (all: Readonly<Limits>): string | undefined => {
  for (const one of Object.values(all)) {
    const set = periods.filter((period) => (one?.[period] ?? null) !== null);
    for (const [i, shorter] of set.entries()) {
      for (const longer of set.slice(i + 1)) {
        const [low, high] = [one![shorter]!, one![longer]!];
        if (high < low)
          return `the limit for ${longer}(${high.toFixed(1)}) cannot be lower than the limit for ${shorter}(${low.toFixed(1)})`;
      }
    }
  }
  return undefined;
};

export const config = record(
  {
    header_name: string({
      default: "x-kong-limit",
      doc: "The response header by which an upstream tells what a request used: `video=2, sms=1`.",
    }),
    limit_by: string({
      default: "consumer",
      one_of: ["consumer", "credential", "ip"],
      doc: "Whose use is counted together. The client's address stands in where there is no such thing.",
    }),
    policy: string({
      default: "local",
      one_of: ["local", "cluster", "redis"],
      doc: "Where is counted: in the memory of the node, in the database, or in Redis.",
    }),
    fault_tolerant: boolean({
      required: true,
      default: true,
      doc: "Let requests pass when counting fails; false answers them with 500.",
    }),
    redis: redis("The Redis server for `policy: redis`."),
    block_on_first_violation: boolean({
      required: true,
      default: false,
      doc: "Refuse requests before they are proxied as soon as one limit is used up.",
    }),
    hide_client_headers: boolean({ required: true, default: false, doc: "Don't tell clients their limits." }),
    limits: map(string(), limits, {
      required: true,
      len_min: 1,
      doc: "Limits by name.",
      check: orderProblem,
    }),
  },
  {
    required: true,
    shorthands: oldRedisNames("response-ratelimiting"),
  },
);

export type Config = Infer<typeof config>;

const needs = (then_field: string) =>
  conditional({
    if_field: "config.policy",
    if_match: { eq: "redis" },
    then_field,
    then_match: { required: true },
  });

export const schema = {
  name: "response-ratelimiting",
  priority: 900,
  needs: (config) => needOfPlace(config as Config),

  config,
  protocols: httpProtocols,
  checks: [needs("config.redis.host"), needs("config.redis.port"), needs("config.redis.timeout")],
} satisfies PluginDeclaration;

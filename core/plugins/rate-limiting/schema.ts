import { httpProtocols, number, record } from "../../schema/index.ts";
import {
  limitChecks,
  limitFields,
  oldRedisNames,
  orderProblem,
  needOfPlace,
  type Place,
} from "../../pdk/limits/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

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
    shorthands: oldRedisNames("rate-limiting"),
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
  name: "rate-limiting",
  priority: 910,
  needs: (config) => needOfPlace(config as Place),

  config,
  protocols: httpProtocols,
  checks: limitChecks,
} satisfies PluginDeclaration;

import { limitChecks, limitFields, orderProblem, needOfPlace, type Place } from "../../pdk/limits/index.ts";
import { httpProtocols, record } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

export const config = record({ ...limitFields }, { required: true, check: orderProblem });

export const schema = {
  name: "rate-limiting-sliding",
  priority: 909,
  needs: (config) => needOfPlace(config as Place),
  config,
  protocols: httpProtocols,
  checks: limitChecks,
} satisfies PluginDeclaration;

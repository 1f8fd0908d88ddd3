import { limitChecks, limitFields, orderProblem } from "../../pdk/limits/index.ts";
import { httpProtocols, record } from "../../schema/index.ts";
import type { PluginSchema } from "../../schema/index.ts";

export const config = record({ ...limitFields }, { required: true, check: orderProblem });

export const schema = { config, protocols: httpProtocols, checks: limitChecks } satisfies PluginSchema;

import { Limiter, limitingPlugin } from "../../pdk/limits/index.ts";
import { schema } from "./schema.ts";

/** Counts requests in windows of the calendar and refuses those beyond a limit. */
export const rateLimiting = limitingPlugin(
  schema,
  (counters, limits, prefix) => new Limiter(counters, limits, `ratelimit:${prefix}`),
);

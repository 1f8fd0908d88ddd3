import { limitingPlugin } from "../../pdk/limits/index.ts";
import { schema } from "./schema.ts";
import { SlidingLimiter } from "./slidinglimiter.ts";

/** Refuses requests beyond a limit in any time of a period's length, whenever it begins. Kong has no such plugin. */
export const rateLimitingSliding = limitingPlugin(
  schema,
  (counters, limits, prefix) => new SlidingLimiter(counters, limits, `slidinglimit:${prefix}`),
);

import { DurableDict } from "../adapters/cloudflare/index.ts";
import { MemorySharedDict } from "../adapters/memory/index.ts";
import { webClock } from "../adapters/web/index.ts";
import type { SharedDict } from "../core/index.ts";
import type { Env } from "./env.ts";

/** Counters of rate limits: of all isolates together, unless each is to count by itself. */
export const countersOf = ({ COUNTERS, DICT }: Env): SharedDict =>
  COUNTERS === "isolate" || DICT === undefined
    ? new MemorySharedDict(webClock)
    : new DurableDict(DICT, "kong_rate_limiting_counters");

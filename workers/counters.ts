import { waitUntil } from "cloudflare:workers";
import { DurableDict } from "../adapters/cloudflare/index.ts";
import { MemorySharedDict } from "../adapters/memory/index.ts";
import { webClock } from "../adapters/web/index.ts";
import { type Counters, LeasedCounters, type Logger, type SharedDict } from "../core/index.ts";
import type { Env } from "./env.ts";

/** Counters of rate limits: of all isolates together, unless each is to count by itself. */
export const countersOf = (
  { COUNTERS, DICT }: Env,
  logger: Logger,
): { readonly counters: SharedDict; readonly counting?: { readonly local: Counters } } => {
  if (COUNTERS === "isolate" || DICT === undefined) return { counters: new MemorySharedDict(webClock) };
  const counters = new DurableDict(DICT, "kong_rate_limiting_counters");
  const local = new LeasedCounters(counters, {
    clock: webClock,
    later: (delayMs, work) => waitUntil(scheduler.wait(delayMs).then(work)),
    onError: (error) => logger.log("error", "an unused part of a limit can't be given back", { error }),
  });
  return { counters, counting: { local } };
};

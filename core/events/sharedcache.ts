import { Mlcache } from "../mlcache/index.ts";
import type { Clock } from "../ports/clock.ts";
import type { Sharing } from "../ports/sharing.ts";
import { workerCacheEvents } from "./workercache.ts";
import type { WorkerEvents } from "./worker.ts";

const name = "kong_db_cache";

/**
 * Kong's `kong.cache` with its times: one cache for all workers of a node, or for a worker that is alone.
 *
 * @param isListening False for who changes the cache but keeps nothing of it.
 */
export const sharedCache = (
  clock: Pick<Clock, "nowMs">,
  sharing: Sharing | undefined,
  events: WorkerEvents | undefined,
  isListening = true,
): Mlcache<unknown> => {
  const cacheEvents = events && workerCacheEvents(events, name);
  return new Mlcache({
    name,
    clock: sharing?.clock ?? clock,
    ttlMs: 3_600_000,
    negTtlMs: 300_000,
    resurrectTtlMs: sharing === undefined ? 0 : 30_000,
    l1Entries: 500_000,
    leaseMs: 10_000,
    ...(sharing && { l2: sharing.hits, l2Misses: sharing.misses, lock: sharing.lock }),
    ...(cacheEvents && {
      events: isListening ? cacheEvents : { ...cacheEvents, subscribe: () => undefined },
    }),
  });
};

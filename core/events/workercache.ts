import type { CacheEvent, CacheEvents } from "../mlcache/index.ts";
import type { WorkerEvents } from "./worker.ts";

const source = "mlcache";

/**
 * Lets the caches of one name on all workers hear of each other. When events may be lost, the cache forgets what its
 * worker has.
 */
export const workerCacheEvents = (events: WorkerEvents, name: string): CacheEvents => ({
  subscribe(handler) {
    events.subscribe(source, name, ({ data }) => handler(data as CacheEvent));
    events.onLoss(() => handler({ name }));
  },
  broadcast: (event) => events.publish(source, name, event),
});

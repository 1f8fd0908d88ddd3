/** Events between nodes and between workers. Usable alone: the log or bus, randomness and timers are handed in. */
export { clusterInvalidation, type Invalidation } from "./cache.ts";
export {
  type ClusterCallback,
  type ClusterCounts,
  ClusterEvents,
  type ClusterEventsOptions,
  keepEventsMs,
} from "./cluster.ts";
export { ClusterPoller, type ClusterPollerOptions } from "./poller.ts";
export {
  EventQueueFull,
  type PublishOptions,
  type WorkerEvent,
  WorkerEvents,
  type WorkerHandler,
} from "./worker.ts";
export { sharedCache } from "./sharedcache.ts";
export { workerCacheEvents } from "./workercache.ts";

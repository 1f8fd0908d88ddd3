/** Events between nodes. Usable alone: the log, randomness and timers are handed in. */
export { clusterInvalidation, type Invalidation } from "./cache.ts";
export {
  type ClusterCallback,
  type ClusterCounts,
  ClusterEvents,
  type ClusterEventsOptions,
  keepEventsMs,
} from "./cluster.ts";
export { ClusterPoller, type ClusterPollerOptions } from "./poller.ts";

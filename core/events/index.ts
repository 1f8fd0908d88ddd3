/** Events between workers, usable alone: the bus is handed in. */
export {
  EventQueueFull,
  type PublishOptions,
  type WorkerEvent,
  WorkerEvents,
  type WorkerHandler,
} from "./worker.ts";
export { sharedCache } from "./sharedcache.ts";
export { workerCacheEvents } from "./workercache.ts";

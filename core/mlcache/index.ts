/** A cache of three levels, usable alone: clock, shared dict, lock and events are handed in. */
export { type BulkFailure, type BulkRequest, Mlcache } from "./cache.ts";
export {
  type CacheEvent,
  type CacheEvents,
  CacheTimeout,
  type CacheTimes,
  type Hit,
  Kept,
  type Load,
  type MlcacheOptions,
} from "./options.ts";
export { Sieve } from "./sieve.ts";
export type { CacheRecord, Codec } from "./record.ts";

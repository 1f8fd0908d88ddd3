export { RedisCounters } from "./counters.ts";
export { RedisKeyValue } from "./keyvalue.ts";

export { RedisCounters } from "./counters.ts";

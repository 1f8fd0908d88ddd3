export { DictCounters } from "./dictcounters.ts";
export { LeasedCounters } from "./leasedcounters.ts";
export { type Limit, Limiter, type Verdict } from "./limiter.ts";
export { oldRedisNames } from "./oldnames.ts";
export { countersAt, needOfPlace, type Place } from "./place.ts";
export { limitingPlugin, type RequestLimiter } from "./requests.ts";
export { limitChecks, limitFields, orderProblem } from "./schema.ts";
export { SyncedCounters } from "./syncedcounters.ts";
export { lengthSeconds, type Period, periods, Window } from "./window.ts";

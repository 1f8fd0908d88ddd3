import type { Clock } from "./clock.ts";
import type { Lock } from "./lock.ts";
import type { SharedDict } from "./shareddict.ts";
import type { WorkerBus } from "./workerbus.ts";

/** What the workers of a node share. */
export interface Sharing {
  /** May be some milliseconds late: for what lives for seconds. */
  readonly clock: Pick<Clock, "nowMs">;
  /** The cache's second level, and what of it is known to be absent. */
  readonly hits: SharedDict;
  readonly misses: SharedDict;
  readonly lock: Lock;
  /** Only the gateway listens to it. */
  readonly bus: WorkerBus;
}

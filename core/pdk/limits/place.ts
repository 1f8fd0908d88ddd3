import type { Clock } from "../../ports/clock.ts";
import type { CounterPlaces, Counters, OpenCounters } from "../../ports/counters.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Timers } from "../../ports/timers.ts";
import type { Need } from "../needs.ts";
import type { RecordOf, redisFields } from "../../schema/index.ts";
import { redisServer } from "../redis.ts";
import { SyncedCounters } from "./syncedcounters.ts";

/** What a configuration says about where it counts. */
export interface Place {
  readonly policy: "local" | "cluster" | "redis" | null;
  readonly redis: RecordOf<typeof redisFields>;
  /** Seconds; -1 for none. */
  readonly sync_rate?: number;
}

/** Counters, and what ends their use. */
export interface CountersInUse {
  readonly counters: Counters;
  close(): void;
}

/** Counters that outlive their users. */
const lasting = (counters: Counters): CountersInUse => ({ counters, close: () => undefined });
const closing = (counters: OpenCounters): CountersInUse => ({ counters, close: () => counters.close() });

/** What has to be there for it. */
export const needOfPlace = ({ policy }: Place): Need | undefined =>
  policy === "cluster" ? "database" : policy === "redis" ? "redis" : undefined;

/**
 * The counters that a configuration chose. Close them when it is out of use.
 *
 * @throws Error when they are not to be had here.
 */
export const countersAt = (
  place: Place,
  host: { counting: CounterPlaces; clock: Clock; timers: Timers; logger: Logger },
): CountersInUse => {
  const { local, cluster, redis } = host.counting;
  switch (place.policy) {
    case "cluster":
      if (cluster === undefined) throw new Error("policy 'cluster' needs a database");
      return lasting(cluster);
    case "redis": {
      if (redis === undefined) throw new Error("policy 'redis' is not available here");
      const open = redis(redisServer(place.redis));
      const { sync_rate: rate = -1 } = place;
      return closing(rate > 0 ? new SyncedCounters(open, rate * 1000, host) : open);
    }
    default:
      return lasting(local);
  }
};

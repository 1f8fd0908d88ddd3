import {
  type BusMemory,
  CoarseClock,
  createBus,
  createZone,
  ZoneBus,
  ZoneDict,
  ZoneLock,
} from "../adapters/node/index.ts";
import { webClock } from "../adapters/web/index.ts";
import {
  type CacheControl,
  type DictUsage,
  type HealthBoard,
  healthBoard,
  type Logger,
  type SharedDict,
  sharedCache,
  type Sharing,
  type Timers,
  WorkerEvents,
} from "../core/index.ts";

const mebibytes = (count: number): number => count * 1024 * 1024;

/** Names of the zones, as Kong calls its own of the same purpose. */
export type ZoneName =
  | "kong"
  | "kong_db_cache"
  | "kong_db_cache_miss"
  | "kong_healthchecks"
  | "kong_locks"
  | "kong_rate_limiting_counters";

/** Memory that the threads of a node share. It outlives each of them. */
export interface Zones {
  readonly dicts: Readonly<Record<ZoneName, SharedArrayBuffer>>;
  readonly bus: BusMemory;
}

/** @param cacheBytes What the cache of entities may take. */
export const createZones = (cacheBytes: number): Zones => ({
  dicts: {
    kong: createZone(mebibytes(5)),
    kong_db_cache: createZone(cacheBytes),
    kong_db_cache_miss: createZone(mebibytes(12)),
    kong_healthchecks: createZone(mebibytes(5)),
    kong_locks: createZone(mebibytes(8)),
    kong_rate_limiting_counters: createZone(mebibytes(12)),
  },
  bus: createBus(),
});

/** The counters of rate limits, as a thread reaches them. */
export const countersOf = ({ dicts }: Zones, owner: number): SharedDict =>
  new ZoneDict(dicts.kong_rate_limiting_counters, webClock, owner);

/** What plugins keep of responses, beside the cache of entities. */
export const responsesOf = ({ dicts }: Zones, owner: number): SharedDict =>
  new ZoneDict(dicts.kong_db_cache, webClock, owner);

/** What plugins keep of other things. */
export const keptOf = ({ dicts }: Zones, owner: number): SharedDict =>
  new ZoneDict(dicts.kong, webClock, owner);

/** The health of upstreams, as a thread reaches it. */
export const boardOf = ({ dicts }: Zones, owner: number): HealthBoard =>
  healthBoard(new ZoneDict(dicts.kong_healthchecks, webClock, owner));

/** What a thread shares with the others. */
export const sharingOf = ({ dicts, bus }: Zones, owner: number, timers: Timers): Sharing => {
  const clock = new CoarseClock(webClock);
  return {
    clock,
    hits: new ZoneDict(dicts.kong_db_cache, clock, owner),
    misses: new ZoneDict(dicts.kong_db_cache_miss, clock, owner),
    lock: new ZoneLock(dicts.kong_locks, webClock, timers, owner),
    bus: new ZoneBus(bus, webClock, owner),
  };
};

/** The master's own number in the zones. */
export const masterOwner = 1;

/** The workers' cache, for who changes it from outside. */
export const cacheControl = (zones: Zones, timers: Timers, logger: Logger): CacheControl => {
  const sharing = sharingOf(zones, masterOwner, timers);
  return sharedCache(sharing.clock, sharing, new WorkerEvents(sharing.bus, logger), false);
};

/** Gives threads their numbers in the zones, and frees what a thread held when it ended. */
export class ZoneKeeper {
  private readonly dicts: ReadonlyMap<string, ZoneDict>;
  private readonly lock: ZoneLock;
  private readonly bus: ZoneBus;
  /** The numbers that are taken. */
  readonly owners: Set<number>;

  /** @param owners Shared with another keeper that has a zone in common. */
  constructor({ dicts, bus }: Zones, timers: Timers, owners = new Set([masterOwner])) {
    this.owners = owners;
    this.dicts = new Map(
      Object.entries(dicts).map(([name, zone]) => [name, new ZoneDict(zone, webClock, masterOwner)]),
    );
    this.lock = new ZoneLock(dicts.kong_locks, webClock, timers, masterOwner);
    this.bus = new ZoneBus(bus, webClock, masterOwner);
  }

  /** A number that no living thread has. */
  claim(): number {
    let owner = masterOwner;
    while (this.owners.has(owner)) owner++;
    this.owners.add(owner);
    return owner;
  }

  /** A thread ended, in whatever way: nobody waits for it any more. */
  free(owner: number): void {
    for (const dict of this.dicts.values()) dict.free(owner);
    this.lock.free(owner);
    this.bus.free(owner);
    this.owners.delete(owner);
  }

  /** For `/status` and `/metrics`. */
  usage(): DictUsage[] {
    return [...this.dicts].map(([name, dict]) => ({
      name,
      capacityBytes: dict.capacityBytes,
      allocatedBytes: dict.capacityBytes - dict.freeBytes(),
    }));
  }
}

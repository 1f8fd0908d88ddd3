import { randomBytes } from "node:crypto";
import { WebTimers } from "../adapters/web/index.ts";
import type { Logger } from "../core/index.ts";
import { createZones, ZoneKeeper, type Zones } from "./zones.ts";

const silent: Logger = { enabled: () => false, log: () => undefined, child: () => silent };
/** The keeper only waits, which can't fail. */
const timers = new WebTimers(silent);

/** What the threads of this process share. It outlives reloads: counters go on, caches stay warm. */
export class NodeMemory {
  readonly zones: Zones;
  readonly keeper: ZoneKeeper;
  /** 48 bytes: a TLS session that one worker began can be resumed on any other. */
  readonly ticketKeys: Uint8Array;
  private readonly cacheBytes: number;

  private constructor(zones: Zones, cacheBytes: number, keeper: ZoneKeeper, ticketKeys: Uint8Array) {
    this.ticketKeys = ticketKeys;
    this.zones = zones;
    this.cacheBytes = cacheBytes;
    this.keeper = keeper;
  }

  static create(cacheBytes: number): NodeMemory {
    const zones = createZones(cacheBytes);
    return new NodeMemory(zones, cacheBytes, new ZoneKeeper(zones, timers), new Uint8Array(randomBytes(48)));
  }

  /** The same with a cache of another size, which begins empty. */
  resized(cacheBytes: number): NodeMemory {
    if (cacheBytes === this.cacheBytes) return this;
    const { dicts, bus } = this.zones;
    const zones = { bus, dicts: { ...dicts, kong_db_cache: createZones(cacheBytes).dicts.kong_db_cache } };
    return new NodeMemory(
      zones,
      cacheBytes,
      new ZoneKeeper(zones, timers, this.keeper.owners),
      this.ticketKeys,
    );
  }
}

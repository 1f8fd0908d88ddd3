import { type GatewayPorts, healthBoard, type Subtle } from "../../core/index.ts";
import { MemoryClock } from "./clock.ts";
import { MemoryEnvironment } from "./environment.ts";
import { MemoryFetcher } from "./fetcher.ts";
import { MemoryLogger } from "./logger.ts";
import { MemoryRandom } from "./random.ts";
import { MemorySharedDict } from "./shareddict.ts";
import { MemorySockets } from "./sockets.ts";
import { MemoryTimers } from "./timers.ts";
import { MemoryTransport } from "./transport.ts";

export interface MemoryPorts extends GatewayPorts {
  readonly clock: MemoryClock;
  readonly logger: MemoryLogger;
  readonly timers: MemoryTimers;
  readonly transport: MemoryTransport;
  readonly fetcher: MemoryFetcher;
  readonly environment: MemoryEnvironment;
  readonly sockets: MemorySockets;
}

/** Every port in memory: time stands still, randomness repeats, upstreams answer 200. */
export const memoryPorts = (): MemoryPorts => {
  const clock = new MemoryClock();
  return {
    clock,
    random: new MemoryRandom(),
    logger: new MemoryLogger(),
    timers: new MemoryTimers(clock),
    counters: new MemorySharedDict(clock),
    board: healthBoard(new MemorySharedDict(clock)),
    responses: new MemorySharedDict(clock),
    subtle: crypto.subtle as unknown as Subtle,
    fetcher: new MemoryFetcher(),
    environment: new MemoryEnvironment(),
    files: undefined,
    sockets: new MemorySockets(),
    transport: new MemoryTransport(),
  };
};

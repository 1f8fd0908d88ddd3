import { describeClock } from "../../test/contracts/clock.ts";
import { describeEnvironment } from "../../test/contracts/environment.ts";
import { describeEventLog } from "../../test/contracts/eventlog.ts";
import { describeLock } from "../../test/contracts/lock.ts";
import { describeLogger } from "../../test/contracts/logger.ts";
import { describeRandom } from "../../test/contracts/random.ts";
import { describeSharedDict } from "../../test/contracts/shareddict.ts";
import { describeStore, libraryTables } from "../../test/contracts/store.ts";
import { describeTimers } from "../../test/contracts/timers.ts";
import { describeWorkerBus } from "../../test/contracts/workerbus.ts";
import {
  MemoryBusHub,
  MemoryClock,
  MemoryEnvironment,
  MemoryEventLog,
  MemoryLock,
  MemoryLogger,
  MemoryRandom,
  MemorySharedDict,
  MemoryStore,
  MemoryTimers,
} from "./index.ts";

describeClock("memory", () => new MemoryClock());
describeRandom("memory", () => new MemoryRandom());
describeTimers("memory", () => {
  const timers = new MemoryTimers(new MemoryClock());
  return { timers, pass: (ms) => timers.advance(ms) };
});
describeSharedDict("memory", () => {
  const clock = new MemoryClock();
  return {
    dict: new MemorySharedDict(clock),
    small: new MemorySharedDict(clock, 65_536),
    pass: (ms) => clock.advance(ms),
  };
});
describeLock("memory", () => {
  const timers = new MemoryTimers(new MemoryClock());
  return { lock: new MemoryLock(timers), pass: (ms) => timers.advance(ms) };
});
describeWorkerBus("memory", () => {
  const clock = new MemoryClock();
  const hub = new MemoryBusHub(clock, 100);
  return { join: (worker) => hub.join(worker), pass: (ms) => clock.advance(ms) };
});
describeLogger("memory", () => {
  const logger = new MemoryLogger();
  return {
    logger,
    written: () =>
      JSON.stringify(logger.records, (_, value: unknown) =>
        value instanceof Error ? { message: value.message, cause: value.cause } : value,
      ),
  };
});
describeEventLog("memory", async () => {
  const clock = new MemoryClock();
  const log = new MemoryEventLog(clock);
  return { log, other: log, pass: (ms) => clock.advance(ms), close: async () => undefined };
});
describeStore("memory", () => {
  const clock = new MemoryClock();
  const log = new MemoryEventLog(clock);
  return Promise.resolve({
    store: new MemoryStore(libraryTables, clock, log),
    log,
    nowMs: () => clock.nowMs(),
    advance: (ms) => clock.advance(ms),
    close: () => Promise.resolve(),
  });
});
describeEnvironment("memory", () => {
  const environment = new MemoryEnvironment();
  environment.variables.set("TEA", "green");
  environment.files.set("/leaf", "leaves");
  return { environment, path: "/leaf" };
});

import {
  MemoryClock,
  MemoryEventLog,
  MemoryLogger,
  MemoryRandom,
  MemoryTimers,
} from "../../adapters/memory/index.ts";
import { ClusterEvents, type ClusterEventsOptions, ClusterPoller } from "../../core/events/index.ts";
import type { EventLog, LoggedEvent } from "../../core/ports/eventlog.ts";

/** Nodes that share a log of events in memory. */
export const world = () => {
  const clock = new MemoryClock();
  const timers = new MemoryTimers(clock);
  const log = new MemoryEventLog(clock);
  const logger = new MemoryLogger();
  let count = 0;
  const node = (rest: Partial<ClusterEventsOptions> = {}) => {
    const name = `n${++count}`;
    const events = new ClusterEvents({ log, node: name, random: new MemoryRandom(count), logger, ...rest });
    const got: string[] = [];
    const take = (some: readonly LoggedEvent[]): void => void got.push(...some.map(({ data }) => data));
    return { events, got, take, log: rest.log ?? log };
  };
  const poller = ({ events, log }: Pick<ReturnType<typeof node>, "events" | "log">, afterPoll?: () => void) =>
    new ClusterPoller({ events, log, timers, logger, intervalMs: 5_000, ...(afterPoll && { afterPoll }) });
  return { clock, timers, log, logger, node, poller };
};

/** A log that does as another one, but for some of its methods. */
export const like = (log: MemoryEventLog, rest: Partial<EventLog>): EventLog => ({
  append: (events) => log.append(events),
  head: () => log.head(),
  since: (...where) => log.since(...where),
  prune: () => log.prune(),
  ...rest,
});

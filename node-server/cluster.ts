import {
  type Cancel,
  changeChannel,
  ClusterEvents,
  ClusterPoller,
  type Logger,
  type Random,
  type Schedule,
} from "../core/index.ts";
import type { Conf } from "./conf/load.ts";
import type { OpenDatabase } from "./database.ts";
import type { Feed } from "./feed.ts";

const purgeMs = 60 * 1000;

export interface ClusterOptions {
  readonly opened: OpenDatabase;
  readonly feed: Feed;
  readonly conf: Conf;
  readonly node: string;
  readonly timers: Schedule;
  readonly random: Random;
  readonly logger: Logger;
}

/** This node among those that share its database: takes over what others wrote, and clears away what is over. */
export class Cluster {
  readonly events: ClusterEvents;
  private readonly options: ClusterOptions;
  private readonly poller: ClusterPoller;
  private readonly cancels: Cancel[] = [];
  private isClosed = false;

  constructor(options: ClusterOptions) {
    this.options = options;
    const { opened, feed, conf, node, timers, random, logger } = options;
    const { log } = opened;
    this.events = new ClusterEvents({ log, node, random, logger, propagationMs: conf.dbPropagationMs });
    this.events.subscribe(changeChannel, (events) => feed.take(events), { hearsOwn: true });
    this.events.onGap(() => feed.reload());
    this.poller = new ClusterPoller({
      events: this.events,
      log,
      timers,
      logger,
      intervalMs: Math.max(1, conf.dbUpdateMs),
      afterPoll: () => feed.flush(),
    });
  }

  /** Changes count from now on: what is read after it settles misses none. */
  begin(): Promise<void> {
    return this.events.begin();
  }

  async start(): Promise<void> {
    const { opened, conf, timers } = this.options;
    await this.poller.start();
    this.cancels.push(
      timers.every(
        purgeMs,
        "database purge",
        async () => {
          await opened.store.purge();
          await opened.log.prune();
          await this.poller.poll();
        },
        // Nodes that were started together need not ask together.
        { jitter: 0.2 },
      ),
    );
    if (conf.dbCacheMs > 0) this.reloadIn(conf.dbCacheMs);
  }

  /** Rows are read again after their time, events or not; those that can't be are served on, and tried again. */
  private reloadIn(delayMs: number): void {
    const { feed, conf, timers, logger } = this.options;
    this.cancels[1] = timers.at(delayMs, "database reload", async () => {
      const nextMs = await feed.refresh().then(
        () => conf.dbCacheMs,
        (error: unknown) => {
          logger.log("warn", "rows can't be read again and are served as they were", { error });
          return Math.max(1_000, conf.dbResurrectMs);
        },
      );
      if (!this.isClosed) this.reloadIn(nextMs);
    });
  }

  /** Brings this node to what is committed now. */
  sync(): Promise<void> {
    return this.poller.poll();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const cancel of this.cancels) cancel();
    await this.poller.close();
    await this.options.opened.close();
  }
}

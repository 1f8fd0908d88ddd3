import type { EventLog, EventWatch } from "../ports/eventlog.ts";
import type { Logger } from "../ports/logger.ts";
import type { Cancel, Timers } from "../ports/timers.ts";
import type { ClusterEvents } from "./cluster.ts";

export interface ClusterPollerOptions {
  readonly events: ClusterEvents;
  readonly log: EventLog;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Milliseconds between two looks, whether or not the log signals. */
  readonly intervalMs: number;
  /** Runs after each look: for work that a callback could not finish. */
  readonly afterPoll?: () => void | Promise<void>;
}

/** Milliseconds until a lost watch is tried again, doubled each time that it does not last until the next look. */
const rewatchMs = 100;

/**
 * Keeps a node on its event log, one for each node: looks at intervals, at once when the log signals, and when a delayed
 * event is due.
 */
export class ClusterPoller {
  private readonly options: ClusterPollerOptions;
  private watch: EventWatch | undefined;
  private due: Cancel | undefined;
  private rewatch: Cancel | undefined;
  private cancel: Cancel | undefined;
  private hasFailed = false;
  private rewatchMs = rewatchMs;
  private isClosed = false;

  constructor(options: ClusterPollerOptions) {
    this.options = options;
  }

  /** @throws What the first look throws. */
  async start(): Promise<void> {
    const { timers, intervalMs } = this.options;
    await this.listen();
    await this.poll();
    this.cancel = timers.every(intervalMs, "cluster events", () => this.look());
  }

  /** Looks now. @throws What the log throws. */
  async poll(): Promise<void> {
    const { events, timers, afterPoll } = this.options;
    const dueInMs = await events.poll();
    this.hasFailed = false;
    this.due?.();
    this.due =
      dueInMs === undefined || this.isClosed
        ? undefined
        : timers.at(Math.max(1, dueInMs), "delayed cluster events", () => this.pollQuietly());
    await afterPoll?.();
  }

  /** A log that can't be reached is told once, until it can be. */
  private async pollQuietly(): Promise<void> {
    try {
      await this.poll();
    } catch (error) {
      if (!this.isClosed && !this.hasFailed)
        this.options.logger.log("error", "events of other nodes can't be read", { error });
      this.hasFailed = true;
    }
  }

  private async look(): Promise<void> {
    if (this.watch !== undefined && (await this.watch.isAlive())) this.rewatchMs = rewatchMs;
    else await this.listen();
    await this.pollQuietly();
  }

  private async listen(): Promise<void> {
    const { log, logger } = this.options;
    const old = this.watch;
    this.watch = undefined;
    await old?.stop();
    if (log.watch === undefined || this.isClosed) return;
    try {
      const watch = await log.watch(
        () => void this.pollQuietly(),
        () => this.lost(),
      );
      if (this.isClosed) await watch.stop();
      else this.watch = watch;
    } catch (error) {
      if (!this.hasFailed)
        logger.log("warn", "events of other nodes are only found by looking for them", { error });
    }
  }

  private lost(): void {
    if (this.isClosed) return;
    this.watch = undefined;
    this.rewatch?.();
    this.rewatch = this.options.timers.at(this.rewatchMs, "cluster events, again", () => this.look());
    this.rewatchMs = Math.min(this.options.intervalMs, 2 * this.rewatchMs);
  }

  /** Harmless when called again. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const cancel of [this.due, this.rewatch, this.cancel]) cancel?.();
    await this.watch?.stop();
  }
}

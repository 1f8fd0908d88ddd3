import type { EventLog, LoggedEvent } from "../ports/eventlog.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { Cancel } from "../ports/timers.ts";
import { uuidV4Maker } from "../uuid/index.ts";

/** Takes events of one channel that came together, the oldest first. */
export type ClusterCallback = (events: readonly LoggedEvent[]) => void | Promise<void>;

export interface ClusterEventsOptions {
  readonly log: EventLog;
  /** Identifies this node among those that share the log. */
  readonly node: string;
  readonly random: Pick<Random, "fill">;
  readonly logger: Logger;
  /**
   * Milliseconds until the database has brought a write to all its parts. Events are sent with that delay, and looked
   * for again that far back. Default 0, right where every node asks the same server.
   */
  readonly propagationMs?: number;
  /** Milliseconds that events are kept for nodes that were away; who was longer away reloads. Default an hour. */
  readonly keepMs?: number;
  /** Events that are read at once. Default 1,000. */
  readonly pageEvents?: number;
}

interface Subscription {
  readonly callback: ClusterCallback;
  readonly hearsOwn: boolean;
}

/** What {@link ClusterEvents} did since it began. */
export interface ClusterCounts {
  readonly polls: number;
  /** Events that reached callbacks. */
  readonly delivered: number;
  /** Times that events were gone before they were read. */
  readonly gaps: number;
}

/**
 * Publish and subscribe between nodes that share an event log. A callback gets each event of other nodes at most once,
 * in the order of the log, never before its delay is over. What it can't do it has to remember itself: a failure is
 * logged, and others go on.
 */
export class ClusterEvents {
  private readonly options: ClusterEventsOptions;
  private readonly nextId: () => string;
  private readonly subscriptions = new Map<string, Set<Subscription>>();
  private readonly gapCallbacks = new Set<() => void | Promise<void>>();
  /** Events of the look-back window, by id, with their time. */
  private seen = new Map<string, number>();
  private seq: number | undefined;
  private running: Promise<number | undefined> | undefined;
  private next: Promise<number | undefined> | undefined;
  /** Counts the looks that nobody waits for any more. */
  private abandoned = 0;
  private polls = 0;
  private delivered = 0;
  private gaps = 0;

  constructor(options: ClusterEventsOptions) {
    this.options = options;
    this.nextId = uuidV4Maker(options.random);
  }

  get counts(): ClusterCounts {
    return { polls: this.polls, delivered: this.delivered, gaps: this.gaps };
  }

  /**
   * Sends an event to every other node.
   *
   * @param delayMs Milliseconds until they get it. Default `propagationMs`.
   */
  broadcast(channel: string, data: string, { delayMs }: { delayMs?: number } = {}): Promise<void> {
    const { log, node, propagationMs = 0, keepMs = keepEventsMs } = this.options;
    return log.append([
      { id: this.nextId(), node, channel, data, delayMs: delayMs ?? propagationMs, keepMs },
    ]);
  }

  /** @param hearsOwn Whether events of this node are handed over too. Default false. */
  subscribe(
    channel: string,
    callback: ClusterCallback,
    { hearsOwn = false }: { hearsOwn?: boolean } = {},
  ): Cancel {
    const subscription = { callback, hearsOwn };
    const all = this.subscriptions.get(channel) ?? new Set();
    this.subscriptions.set(channel, all.add(subscription));
    return () => void all.delete(subscription);
  }

  /** Calls back when events were deleted before this node read them: whatever was derived from events is to be reloaded. */
  onGap(callback: () => void | Promise<void>): Cancel {
    this.gapCallbacks.add(callback);
    return () => void this.gapCallbacks.delete(callback);
  }

  /** From now on, events count. What is read after it settles holds all that events before told. */
  async begin(): Promise<void> {
    this.seq ??= await this.options.log.head();
  }

  /**
   * Reads what is new and hands it over; when it settles, callbacks have done their work. Calls that come together
   * share one look, which begins after them.
   *
   * @returns Milliseconds until a delayed event is due; undefined when none waits.
   */
  poll(): Promise<number | undefined> {
    if (this.running === undefined) {
      const running = this.look().finally(() => {
        if (this.running === running) this.running = undefined;
      });
      this.running = running;
      return running;
    }
    // The look under way may have read before the caller wrote: another one follows, for all who wait.
    this.next ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return this.poll();
      });
    return this.next;
  }

  /**
   * Forgets a look under way, that the next one begins at once: where the platform may stop work without a word. Should
   * it go on after all, it hands nothing over.
   */
  abandon(): void {
    this.abandoned++;
    this.running = this.next = undefined;
  }

  private async look(): Promise<number | undefined> {
    const { log, propagationMs = 0, pageEvents = 1_000 } = this.options;
    const { abandoned } = this;
    await this.begin();
    this.polls++;
    let from = this.seq!;
    let lookBackMs = propagationMs;
    while (true) {
      const page = await log.since(from, lookBackMs, pageEvents);
      if (this.abandoned !== abandoned) return undefined;
      if (page === undefined) {
        // First the number: what is appended during the reload is read afterwards.
        from = this.seq = await log.head();
        this.gaps++;
        for (const callback of this.gapCallbacks) await this.attempt("a reload", callback);
        continue;
      }
      const { events, dueInMs } = page;
      const fresh = events.filter((event) => this.isFresh(event));
      from = events.at(-1)?.seq ?? from;
      this.seq = Math.max(this.seq!, from);
      lookBackMs = 0;
      await this.deliver(fresh);
      if (events.length < pageEvents) return dueInMs;
    }
  }

  /** Without a look-back the log tells nothing twice. */
  private isFresh({ id, atMs }: LoggedEvent): boolean {
    const { propagationMs = 0 } = this.options;
    if (propagationMs === 0) return true;
    if (this.seen.has(id)) return false;
    this.seen.set(id, atMs);
    // Twice the window, by the log's clock: what is older can't come again.
    for (const [old, oldMs] of this.seen) {
      if (oldMs >= atMs - 2 * propagationMs) break;
      this.seen.delete(old);
    }
    return true;
  }

  private async deliver(events: readonly LoggedEvent[]): Promise<void> {
    const byChannel = Map.groupBy(events, ({ channel }) => channel);
    for (const [channel, all] of byChannel) {
      const others = all.filter(({ node }) => node !== this.options.node);
      for (const { callback, hearsOwn } of this.subscriptions.get(channel) ?? []) {
        const mine = hearsOwn ? all : others;
        if (mine.length === 0) continue;
        this.delivered += mine.length;
        await this.attempt(`a callback of ${channel}`, () => callback(mine));
      }
    }
  }

  private async attempt(what: string, work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.options.logger.log("error", `cluster events: ${what} failed`, { error });
    }
  }
}

/** How long events are kept unless something else is asked for: as Kong, an hour. */
export const keepEventsMs = 60 * 60 * 1000;

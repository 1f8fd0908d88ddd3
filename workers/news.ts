import { configurationChannel, DurableEventLog, type EventLogObject } from "../adapters/cloudflare/index.ts";
import { webRandom } from "../adapters/web/index.ts";
import { ClusterEvents, type HealthChange, type Logger } from "../core/index.ts";

/** A socket is held that long at most: what a request leaves behind is cut 30 s after its answer. */
const socketMs = 25_000;
/** A look that takes longer was cut with the request that made it. */
const lookMs = 10_000;

/** What operators decide about the health of addresses is told here. */
export const healthChannel = "health";

/** Where work may go on after a request is answered. */
export interface Beside {
  waitUntil(work: Promise<unknown>): void;
}

export interface NewsOptions {
  readonly objects: DurableObjectNamespace<EventLogObject>;
  readonly node: string;
  readonly logger: Logger;
  /** Milliseconds between two looks, at most one of which a request pays for. */
  readonly intervalMs: number;
  /** Whether a socket makes events come at once while there are requests. */
  readonly hasSocket: boolean;
  /** A configuration was published. */
  readonly onPublished: (version: string) => Promise<void>;
  /** An operator decided about an address. */
  readonly onHealth: (change: HealthChange) => void;
  /** Events were missed. */
  readonly onGap: () => Promise<void>;
}

/** What an isolate hears of others. It has no life of its own: requests drive it, beside their answers. */
export class News {
  private readonly options: NewsOptions;
  private readonly log: DurableEventLog;
  private readonly events: ClusterEvents;
  private lookedAtMs = -Infinity;
  private isLooking = false;
  private heldAtMs = -Infinity;

  constructor(options: NewsOptions) {
    this.options = options;
    const { objects, node, logger, onPublished, onGap } = options;
    this.log = new DurableEventLog(objects);
    this.events = new ClusterEvents({ log: this.log, node, random: webRandom, logger });
    // Of several versions the newest counts.
    this.events.subscribe(configurationChannel, (events) => onPublished(events.at(-1)!.data), {
      hearsOwn: true,
    });
    this.events.subscribe(healthChannel, (events) => {
      for (const { data } of events) options.onHealth(JSON.parse(data) as HealthChange);
    });
    this.events.onGap(onGap);
  }

  /** Hears from now on. @param catchUp Runs when it does: whatever was told before may have been missed. */
  async begin(catchUp: () => Promise<void>): Promise<void> {
    try {
      await this.events.begin();
    } catch (error) {
      this.options.logger.log("error", "events of other isolates can't be read", { error });
    }
    await catchUp();
  }

  /** Called by each request; looks when it is time. */
  turn(nowMs: number, beside: Beside): void {
    const { intervalMs, hasSocket } = this.options;
    if (nowMs - this.lookedAtMs < intervalMs) return;
    if (this.isLooking) {
      if (nowMs - this.lookedAtMs < lookMs) return;
      this.events.abandon();
    }
    this.lookedAtMs = nowMs;
    beside.waitUntil(this.look());
    if (!hasSocket || nowMs - this.heldAtMs < socketMs) return;
    this.heldAtMs = nowMs;
    beside.waitUntil(this.hold());
  }

  private async look(): Promise<void> {
    this.isLooking = true;
    try {
      await this.events.poll();
    } catch (error) {
      this.options.logger.log("error", "events of other isolates can't be read", { error });
    } finally {
      this.isLooking = false;
    }
  }

  private async hold(): Promise<void> {
    try {
      let lose: () => void = () => undefined;
      const lost = new Promise<void>((resolve) => (lose = resolve));
      const watch = await this.log.watch(() => void this.look(), lose);
      await Promise.race([lost, new Promise((resolve) => setTimeout(resolve, socketMs))]);
      await watch.stop();
    } catch (error) {
      this.options.logger.log("warn", "events of other isolates are only found by looking", { error });
    }
  }
}

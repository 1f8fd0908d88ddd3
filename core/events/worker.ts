import type { Logger } from "../ports/logger.ts";
import type { Cancel } from "../ports/timers.ts";
import type { BusTarget, WorkerBus } from "../ports/workerbus.ts";

/** What a subscriber is told. */
export interface WorkerEvent {
  readonly source: string;
  readonly event: string;
  /** A copy that went through JSON. */
  readonly data: unknown;
  /** Number of the worker that published it. */
  readonly from: number;
}

export type WorkerHandler = (event: WorkerEvent) => void;

export interface PublishOptions {
  /** Default `all`: every worker, the publisher too. */
  readonly to?: BusTarget;
  /** Of events with the same one within 5 s only the first is published, whichever worker publishes it. */
  readonly unique?: string;
}

/** A worker's queue is full: not every worker gets the event. */
export class EventQueueFull extends Error {
  override readonly name = "EventQueueFull";
}

const any = "*";

/**
 * Events between the workers of a node, by source and name. Those of one publisher arrive in order; each subscriber is
 * called once, those of everything first, then those of the source, then those of the event.
 */
export class WorkerEvents {
  private readonly bus: WorkerBus;
  private readonly logger: Logger;
  private readonly handlers = new Map<string, Set<WorkerHandler>>();
  private readonly lossHandlers = new Set<() => void>();
  private stop: Cancel | undefined;

  /** @param bus This instance is its only receiver, from the first subscription on: who only publishes gets nothing. */
  constructor(bus: WorkerBus, logger: Logger) {
    this.bus = bus;
    this.logger = logger;
  }

  private listen(): void {
    this.stop ??= this.bus.receive({
      message: (text, from) => this.deliver(text, from),
      lost: () => this.lossHandlers.forEach((handler) => this.run(handler)),
    });
  }

  /**
   * @param data What JSON can hold.
   * @throws EventQueueFull when a worker does not keep up, RangeError when the event is too large.
   */
  publish(source: string, event: string, data: unknown, options: PublishOptions = {}): void {
    const text = JSON.stringify([source, event, data]);
    if (!this.bus.send(options.to ?? "all", text, options.unique))
      throw new EventQueueFull(`a worker's queue is full, ${source}:${event} is lost`);
  }

  /** @param source `*` for all, then the event has to be `*` too. @param event `*` for all of the source. */
  subscribe(source: string, event: string, handler: WorkerHandler): Cancel {
    if (source === any && event !== any) throw new TypeError("an event of every source is not subscribed to");
    this.listen();
    const key = JSON.stringify([source, event]);
    const handlers = this.handlers.get(key) ?? new Set();
    this.handlers.set(key, handlers);
    // Another function for each subscription: the same handler may subscribe twice.
    const own: WorkerHandler = (found) => handler(found);
    handlers.add(own);
    return () => {
      handlers.delete(own);
      if (handlers.size === 0 && this.handlers.get(key) === handlers) this.handlers.delete(key);
    };
  }

  /** Tells when events to this worker may be lost: caches that rely on them have to forget everything. */
  onLoss(handler: () => void): Cancel {
    this.listen();
    this.lossHandlers.add(handler);
    return () => void this.lossHandlers.delete(handler);
  }

  /** Ends listening. Harmless when called again. */
  close(): void {
    this.stop?.();
  }

  private deliver(text: string, from: number): void {
    const [source, event, data] = JSON.parse(text) as [string, string, unknown];
    const found: WorkerEvent = { source, event, data, from };
    for (const key of [
      [any, any],
      [source, any],
      [source, event],
    ])
      for (const handler of this.handlers.get(JSON.stringify(key)) ?? []) this.run(() => handler(found));
  }

  private run(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.logger.log("error", "a subscriber of worker events failed", { error });
    }
  }
}

import type { Logger } from "../ports/logger.ts";
import type { Timers } from "../ports/timers.ts";

/** As the `queue` record of a configuration says it. */
export interface QueueOptions {
  readonly max_batch_size: number | null;
  readonly max_coalescing_delay: number | null;
  readonly max_entries: number | null;
  readonly max_bytes: number | null;
  readonly max_retry_time: number | null;
  readonly initial_retry_delay: number | null;
  readonly max_retry_delay: number | null;
  readonly concurrency_limit: number | null;
}

interface Entry<T> {
  readonly item: T;
  readonly sizeBytes: number;
  settle(): void;
}

/** Delivers one batch. It is tried again when it rejects. */
export type Deliver<T = string> = (items: readonly T[]) => Promise<void>;

/**
 * Records on their way to a sink: in batches, tried again while it fails, bounded. What does not fit pushes the
 * oldest out.
 */
export class Queue<T = string> {
  private readonly name: string;
  private readonly options: QueueOptions;
  private readonly timers: Timers;
  private readonly logger: Logger;
  private readonly deliver: Deliver<T>;
  private readonly maxBatch: number;
  private waiting: Entry<T>[] = [];
  private bytes = 0;
  private isBusy = false;
  private cancelDelay: (() => void) | undefined;

  constructor(
    name: string,
    options: QueueOptions,
    host: { timers: Timers; logger: Logger },
    deliver: Deliver<T>,
  ) {
    this.name = name;
    this.options = options;
    this.timers = host.timers;
    this.logger = host.logger;
    this.deliver = deliver;
    this.maxBatch = options.max_batch_size ?? 1;
  }

  /**
   * Settles when the record was delivered or given up; it never rejects.
   *
   * @param sizeBytes What it counts for `max_bytes`; default: the length of a text.
   */
  push(item: T, sizeBytes = typeof item === "string" ? item.length : 0): Promise<void> {
    return new Promise((resolve) => {
      const entry = { item, sizeBytes, settle: resolve };
      if (this.options.concurrency_limit === -1) {
        void this.send([entry]);
        return;
      }
      this.makeRoom(sizeBytes);
      this.waiting.push(entry);
      this.bytes += sizeBytes;
      this.next();
    });
  }

  private makeRoom(bytes: number): void {
    const { max_entries: maxEntries, max_bytes: maxBytes } = this.options;
    const isFull = (): boolean =>
      this.waiting.length >= (maxEntries ?? 10_000) || (maxBytes !== null && this.bytes + bytes > maxBytes);
    let dropped = 0;
    while (this.waiting.length > 0 && isFull()) {
      const [oldest] = this.waiting.splice(0, 1);
      this.bytes -= oldest!.sizeBytes;
      oldest!.settle();
      dropped++;
    }
    if (dropped > 0) this.logger.log("error", `${this.name}: the queue is full, ${dropped} dropped`);
  }

  private next(): void {
    if (this.isBusy || this.waiting.length === 0) return;
    const delayMs = (this.options.max_coalescing_delay ?? 1) * 1000;
    if (this.waiting.length >= this.maxBatch || delayMs === 0) this.flush();
    else
      this.cancelDelay ??= this.timers.at(delayMs, this.name, () => {
        this.cancelDelay = undefined;
        if (!this.isBusy) this.flush();
      });
  }

  private flush(): void {
    this.cancelDelay?.();
    this.cancelDelay = undefined;
    const batch = this.waiting.splice(0, this.maxBatch);
    if (batch.length === 0) return;
    for (const { sizeBytes } of batch) this.bytes -= sizeBytes;
    this.isBusy = true;
    void this.send(batch).then(() => {
      this.isBusy = false;
      this.next();
    });
  }

  private async send(batch: readonly Entry<T>[]): Promise<void> {
    const items = batch.map(({ item }) => item);
    const maxWaitMs = (this.options.max_retry_time ?? 60) * 1000;
    const maxDelayMs = (this.options.max_retry_delay ?? 60) * 1000;
    let delayMs = (this.options.initial_retry_delay ?? 0.01) * 1000;
    let waitedMs = 0;
    for (;;) {
      try {
        await this.deliver(items);
        break;
      } catch (error) {
        if (maxWaitMs >= 0 && waitedMs + delayMs > maxWaitMs) {
          this.logger.log("error", `${this.name}: ${batch.length} given up`, { error });
          break;
        }
        this.logger.log("warn", `${this.name}: delivery failed, it is tried again`, { error });
        await this.pause(delayMs);
        waitedMs += delayMs;
        delayMs = Math.min(delayMs * 2, maxDelayMs);
      }
    }
    for (const { settle } of batch) settle();
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.timers.at(delayMs, this.name, () => resolve());
    });
  }
}

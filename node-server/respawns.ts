import type { Logger } from "../core/index.ts";

/** A worker that lived shorter than this is respawned with growing delay. */
const healthyMs = 5_000;
const leastDelayMs = 50;
const maxDelayMs = 5_000;

/** Replaces workers that died, those that keep dying after longer and longer. */
export class Respawns {
  private readonly logger: Logger;
  private readonly spawn: (number: number) => Promise<void>;
  private readonly timers = new Set<NodeJS.Timeout>();
  private delayMs = 0;
  private isClosed = false;

  /** @param spawn Settles when the worker of a number serves. */
  constructor(logger: Logger, spawn: (number: number) => Promise<void>) {
    this.logger = logger;
    this.spawn = spawn;
  }

  /** @param livedMs How long the worker served. */
  died(number: number, livedMs: number): void {
    if (livedMs > healthyMs) this.delayMs = 0;
    else this.wait();
    this.schedule(number);
  }

  close(): void {
    this.isClosed = true;
    for (const timer of this.timers) clearTimeout(timer);
  }

  private wait(): void {
    this.delayMs = Math.min(maxDelayMs, Math.max(leastDelayMs, this.delayMs * 2));
  }

  private schedule(number: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (this.isClosed) return;
      this.spawn(number).catch((error: unknown) => {
        this.logger.log("crit", `worker ${number} can't be replaced yet`, { error });
        this.wait();
        if (!this.isClosed) this.schedule(number);
      });
    }, this.delayMs);
    this.timers.add(timer);
  }
}

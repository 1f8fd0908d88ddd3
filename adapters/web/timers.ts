import type { Cancel, Logger, Timers } from "../../core/index.ts";

/** Timers of the event loop. They keep no process alive on Node. */
export class WebTimers implements Timers {
  private readonly logger: Logger;

  constructor(logger: Logger) {
    this.logger = logger;
  }

  at(delayMs: number, name: string, work: () => void | Promise<void>): Cancel {
    const timer = setTimeout(() => void this.run(name, work), delayMs);
    release(timer);
    return () => clearTimeout(timer);
  }

  every(intervalMs: number, name: string, work: () => void | Promise<void>): Cancel {
    let isCancelled = false;
    let timer: ReturnType<typeof setTimeout>;
    const schedule = (): void => {
      timer = setTimeout(
        () => {
          void this.run(name, work).then(() => {
            if (!isCancelled) schedule();
          });
        },
        Math.max(1, intervalMs),
      );
      release(timer);
    };
    schedule();
    return () => {
      isCancelled = true;
      clearTimeout(timer);
    };
  }

  private async run(name: string, work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.log("error", `the timer ${name} failed`, { error });
    }
  }
}

/** On Node a timer is an object that would keep the process running. */
const release = (timer: unknown): void => {
  if (typeof timer === "object" && timer !== null && "unref" in timer) (timer as { unref(): void }).unref();
};

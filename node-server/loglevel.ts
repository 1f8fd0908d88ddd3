import type { LogLevel, LogLevelControl } from "../core/index.ts";

/** The log level of this node. It goes back by itself when that was asked for. */
export class NodeLogLevel implements LogLevelControl {
  private readonly configured: LogLevel;
  private readonly apply: (level: LogLevel) => void;
  private level: LogLevel;
  private timer: NodeJS.Timeout | undefined;

  /** @param apply Tells the master's logger and every worker. */
  constructor(configured: LogLevel, apply: (level: LogLevel) => void) {
    this.configured = configured;
    this.level = configured;
    this.apply = apply;
  }

  get current(): LogLevel {
    return this.level;
  }

  set(level: LogLevel, timeoutMs: number): void {
    clearTimeout(this.timer);
    this.change(level);
    if (timeoutMs > 0) this.timer = setTimeout(() => this.change(this.configured), timeoutMs).unref();
  }

  private change(level: LogLevel): void {
    this.level = level;
    this.apply(level);
  }
}

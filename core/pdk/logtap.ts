import type { LogFields, Logger, LogLevel } from "../ports/logger.ts";

/** @param fields What the record tells beside its message. */
export type LogListener = (level: LogLevel, message: string, fields: LogFields | undefined) => void;

/** A logger that lets others listen to what it writes. */
export class LogTap implements Logger {
  private readonly target: Logger;
  private readonly listeners: Set<LogListener>;

  constructor(target: Logger, listeners = new Set<LogListener>()) {
    this.target = target;
    this.listeners = listeners;
  }

  /** @returns What ends it. */
  listen(listener: LogListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  enabled(level: LogLevel): boolean {
    return this.target.enabled(level);
  }

  log(level: LogLevel, message: string, fields?: LogFields): void {
    this.target.log(level, message, fields);
    if (this.listeners.size === 0 || !this.target.enabled(level)) return;
    for (const listener of this.listeners) listener(level, message, fields);
  }

  child(fields: LogFields): Logger {
    return new LogTap(this.target.child(fields), this.listeners);
  }
}

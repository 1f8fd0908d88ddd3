import type { LogFields, Logger, LogLevel } from "../../core/index.ts";

const levels: readonly LogLevel[] = ["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"];

/** An error as plain data, with stack and causes, for a record in JSON. */
const plain = (value: unknown): unknown =>
  value instanceof Error
    ? {
        name: value.name,
        message: value.message,
        stack: value.stack,
        ...(value.cause !== undefined && { cause: plain(value.cause) }),
      }
    : value;

/** Writes one line of JSON a record to the console. */
export class ConsoleLogger implements Logger {
  private readonly minimum: number;
  private readonly fields: LogFields;

  /** @param level The least important level that is written. */
  constructor(level: LogLevel, fields: LogFields = {}) {
    this.minimum = levels.indexOf(level);
    this.fields = fields;
  }

  enabled(level: LogLevel): boolean {
    return levels.indexOf(level) >= this.minimum;
  }

  log(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (!this.enabled(level)) return;
    const entries = Object.entries({ ...this.fields, ...fields }).map(([key, value]) => [key, plain(value)]);
    const line = JSON.stringify({ level, time: Date.now(), msg: message, ...Object.fromEntries(entries) });
    if (levels.indexOf(level) >= levels.indexOf("error")) console.error(line);
    else console.log(line);
  }

  child(fields: LogFields): Logger {
    return new ConsoleLogger(levels[this.minimum]!, { ...this.fields, ...fields });
  }
}

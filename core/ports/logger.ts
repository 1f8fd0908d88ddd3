/** From the least to the most important, with Kong's names (`log_level`). */
export type LogLevel = "debug" | "info" | "notice" | "warn" | "error" | "crit" | "alert" | "emerg";

export type LogFields = Readonly<Record<string, unknown>>;

/** Where the gateway tells an operator what happens. Never throws, never blocks. */
export interface Logger {
  /** True when a record of this level is written: ask before computing costly fields. */
  enabled(level: LogLevel): boolean;
  /** @param fields Facts about the event. A value under the key `error` keeps its stack and cause. */
  log(level: LogLevel, message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to each record. */
  child(fields: LogFields): Logger;
}

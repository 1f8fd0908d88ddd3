import pino from "pino";
import pretty from "pino-pretty";
import { Repeats } from "./repeats.ts";
import type { LogFields, Logger, LogLevel } from "../../core/index.ts";

const levels = {
  debug: 20,
  info: 30,
  notice: 35,
  warn: 40,
  error: 50,
  crit: 55,
  alert: 58,
  emerg: 60,
} as const;

type Pino = pino.Logger<LogLevel>;

/** What a logger and its children have in common. */
interface Shared {
  reopen(): void;
  readonly repeats: Repeats;
}

/** Records by pino. A write is complete when `log` returns: nothing is lost when a thread dies. */
export class NodeLogger implements Logger {
  private readonly pino: Pino;
  /** One for a logger and all its children. */
  private readonly threshold: { level: LogLevel };
  private readonly shared: Shared;

  constructor(base: Pino, threshold: { level: LogLevel }, shared: Shared) {
    this.pino = base;
    this.threshold = threshold;
    this.shared = shared;
  }

  /** Goes on in a new file of the same name, after the old one was moved away. */
  reopen(): void {
    this.shared.reopen();
  }

  /** The least important level that is written. Setting it holds for every child, too. */
  get level(): LogLevel {
    return this.threshold.level;
  }

  set level(level: LogLevel) {
    this.threshold.level = level;
  }

  enabled(level: LogLevel): boolean {
    return levels[level] >= levels[this.threshold.level];
  }

  log(level: LogLevel, message: string, fields?: LogFields): void {
    if (!this.enabled(level) || !this.shared.repeats.passes(message)) return;
    if (fields === undefined) this.pino[level](message);
    else this.pino[level](fields, message);
  }

  child(fields: LogFields): NodeLogger {
    return new NodeLogger(this.pino.child(fields), this.threshold, this.shared);
  }
}

/** What is kept of records that can't be written yet. */
const maxHeldBytes = 1024 * 1024;

export interface LogOptions {
  readonly level: LogLevel;
  /** `text` for people, `json` for machines. */
  readonly format: "text" | "json";
  /** Standard error when undefined. */
  readonly file: string | undefined;
  /** The most records of one wording that are written a second; the others are counted. Default 0: no limit. */
  readonly repeats?: number;
}

/** @throws Error when the file can't be opened. */
export const nodeLogger = ({ level, format, file, repeats = 0 }: LogOptions): NodeLogger => {
  const target = pino.destination({ dest: file ?? 2, sync: true, mkdir: true, maxLength: maxHeldBytes });
  // A full disk costs records, never the gateway.
  target.on("error", () => undefined);
  const stream =
    format === "json"
      ? target
      : pretty({
          sync: true,
          destination: target,
          colorize: file === undefined && process.stderr.isTTY,
          translateTime: "SYS:yyyy/mm/dd HH:MM:ss.l",
          ignore: "pid,hostname,worker",
          customLevels: levels,
          useOnlyCustomProps: true,
          messageFormat: "{if worker}[{worker}] {end}{msg}",
        });
  const base = pino(
    {
      level: "debug",
      customLevels: levels,
      useOnlyCustomLevels: true,
      errorKey: "error",
      serializers: { error: pino.stdSerializers.errWithCause },
    },
    stream,
  ) as unknown as Pino;
  const told = new Repeats(repeats, (message, count) =>
    base.warn(`${count} more within a second: ${message}`),
  );
  const reopen = (): void => void (file !== undefined && target.reopen());
  return new NodeLogger(base, { level }, { reopen, repeats: told });
};

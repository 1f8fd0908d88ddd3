import { ConsoleLogger } from "../adapters/web/index.ts";
import type { Logger, LogLevel } from "../core/index.ts";

const levels: readonly string[] = ["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"];

/** @param env `LOG_LEVEL`: `debug` … `emerg`; default `notice`. */
export const edgeLogger = ({ LOG_LEVEL: level = "notice" }: { readonly LOG_LEVEL?: string }): Logger =>
  new ConsoleLogger((levels.includes(level) ? level : "notice") as LogLevel);

import { type Context } from "hono";
import type { LogLevel } from "../ports/logger.ts";
import type { TimerStatistics } from "../timers/index.ts";
import { type AdminApp, json } from "./app.ts";

const levels: ReadonlySet<string> = new Set<LogLevel>([
  "debug",
  "info",
  "notice",
  "warn",
  "error",
  "crit",
  "alert",
  "emerg",
]);

/** The log level of a node, as far as it can be changed while it runs. */
export interface LogLevelControl {
  readonly current: LogLevel;
  /** @param timeoutMs Milliseconds until the level goes back; 0 for never. */
  set(level: LogLevel, timeoutMs: number): void;
}

const message = (text: string, status = 200): Response => json({ message: text }, status);

/** The jobs of all workers and of their master together. */
export interface NodeTimers {
  readonly workers: number;
  readonly statistics: TimerStatistics;
}

/** As timer-ng tells it. No job waits for a thread once its time has come: none is pending, and there are no stacks. */
const describeTimers = ({ workers, statistics }: NodeTimers): object => {
  const { running, waiting, runs, jobs } = statistics;
  const timers = Object.entries(jobs).map(([name, { runs, finished, lastError, elapsedMs }]) => {
    const seconds = (ms: number): number => ms / 1000;
    const elapsed_time = {
      last: seconds(elapsedMs.last),
      max: seconds(elapsedMs.most),
      avg: seconds(elapsedMs.sum / runs),
    };
    return [
      name,
      { meta: { name }, stats: { runs, finish: finished, last_err_msg: lastError ?? "", elapsed_time } },
    ];
  });
  return {
    worker: { id: 0, count: workers },
    stats: {
      sys: { total: running + waiting, runs, running, pending: 0, waiting },
      timers: Object.fromEntries(timers) as object,
      flamegraph: { running: "", pending: "", elapsed_time: "" },
    },
  };
};

/** `/timers`, `/clustering` and what else a node tells of itself. */
export const nodeResources = (app: AdminApp, timers: () => Promise<NodeTimers>): void => {
  const controlPlaneOnly = (): Response =>
    message(
      "this endpoint is only available when Kong is configured to run as Control Plane for the cluster",
      400,
    );
  app
    .resource("/timers", {
      GET: async () => json(describeTimers(await timers())),
    })
    .resource("/clustering/data-planes", { GET: controlPlaneOnly })
    .resource("/clustering/status", { GET: controlPlaneOnly });
};

/** `/debug/node/log-level` */
export const logLevelResources = (app: AdminApp, control: LogLevelControl, hasDatabase: boolean): void => {
  const set = (context: Context): Response => {
    if (!hasDatabase) return message("cannot change log level when not using a database", 405);
    const level = context.req.param("log_level") ?? "";
    const timeout = Number(context.req.query("timeout") ?? 60);
    if (!levels.has(level)) return message(`unknown log level: ${level}`, 400);
    if (!(timeout >= 0)) return message("timeout must be greater than or equal to 0", 400);
    if (control.current === level) return message(`log level is already ${level}`);
    control.set(level as LogLevel, timeout * 1000);
    return message("log level changed");
  };
  app
    .resource("/debug/node/log-level", { GET: () => message(`log level: ${control.current}`) })
    .resource("/debug/node/log-level/:log_level", { PUT: set })
    .resource("/debug/cluster/log-level/:log_level", { PUT: set });
};

import { mkdirSync } from "node:fs";
import path from "node:path";
import { RedisCounters } from "../adapters/redis/index.ts";
import { SqlCounters } from "../adapters/sql/index.ts";
import { PostgresDriver, SqliteDriver } from "../adapters/sql/node.ts";
import { webClock } from "../adapters/web/index.ts";
import type { Counters, GatewayPorts, Logger } from "../core/index.ts";
import type { Conf } from "./conf/load.ts";

/** A few connections are enough: each count is one statement. */
const connections = 4;

const open = async (conf: Conf, logger: Logger): Promise<SqlCounters> => {
  if (conf.database === "postgres") {
    const onError = (error: Error): void =>
      logger.log("error", "a connection to PostgreSQL broke", { error });
    return new SqlCounters(await PostgresDriver.open({ ...conf.postgres, connections, onError }), webClock);
  }
  // Beside the entities: each commit there wakes who waits for changes, and is synced to the disk.
  const file = `${conf.sqlitePath}-counters`;
  mkdirSync(path.dirname(file), { recursive: true });
  const driver = new SqliteDriver(file);
  await driver.query("PRAGMA synchronous = OFF");
  const counters = new SqlCounters(driver, webClock);
  await counters.prepare();
  return counters;
};

/** Opens the database when the first request is counted in it. A failure is told and tried again by the next one. */
class LateCounters implements Counters {
  private opened: Promise<SqlCounters> | undefined;
  private readonly conf: Conf;
  private readonly logger: Logger;

  constructor(conf: Conf, logger: Logger) {
    this.conf = conf;
    this.logger = logger;
  }

  async take(...args: Parameters<Counters["take"]>): ReturnType<SqlCounters["take"]> {
    return (await this.ready()).take(...args);
  }

  async read(...args: Parameters<Counters["read"]>): ReturnType<SqlCounters["read"]> {
    return (await this.ready()).read(...args);
  }

  async add(...args: Parameters<Counters["add"]>): ReturnType<SqlCounters["add"]> {
    return (await this.ready()).add(...args);
  }

  /** Forgets what is over, if anything was counted here. */
  async purge(): Promise<void> {
    if (this.opened !== undefined) await (await this.opened).purge();
  }

  private ready(): Promise<SqlCounters> {
    return (this.opened ??= open(this.conf, this.logger).catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    }));
  }
}

/** The places beyond this node's memory where limits are counted. */
export const countingOf = (
  conf: Conf,
  logger: Logger,
): { readonly counting: NonNullable<GatewayPorts["counting"]>; readonly purge: () => Promise<void> } => {
  const redis = new RedisCounters((error) => logger.log("error", "the connection to Redis broke", { error }));
  const cluster = conf.database === "off" ? undefined : new LateCounters(conf, logger);
  return {
    counting: { cluster, redis: (server) => redis.at(server) },
    purge: async () => cluster?.purge(),
  };
};

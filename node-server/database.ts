import { mkdirSync } from "node:fs";
import path from "node:path";
import { Migrations, type SqlDriver, SqlEventLog, SqlStore } from "../adapters/sql/index.ts";
import { PostgresDriver, SqliteDriver } from "../adapters/sql/node.ts";
import { webClock, webRandom } from "../adapters/web/index.ts";
import { type Entities, type EventLog, type Logger, type Store, tablesOf } from "../core/index.ts";
import type { Conf } from "./conf/load.ts";
import { nodeId } from "./node.ts";

/** A database as the configuration names it, before anything is known of what it holds. */
export interface OpenDatabase {
  readonly store: Store;
  /** Where the store tells its changes, and nodes each other. */
  readonly log: EventLog;
  readonly migrations: Migrations;
  /**
   * Makes sure that the database has the form that this version needs. A database of this node alone gets it here.
   *
   * @throws Error that says which command brings it there.
   */
  ready(): Promise<void>;
}

const openDriver = async (conf: Conf, logger: Logger): Promise<SqlDriver> => {
  if (conf.database === "postgres") {
    return PostgresDriver.open({
      ...conf.postgres,
      onError: (error) => logger.log("error", "a connection to PostgreSQL broke", { error }),
    });
  }
  mkdirSync(path.dirname(conf.sqlitePath), { recursive: true });
  return new SqliteDriver(conf.sqlitePath);
};

/** Opens the database of a node; undefined without one. Close the store when done. */
export const openDatabase = async (
  conf: Conf,
  entities: Entities,
  logger: Logger,
): Promise<OpenDatabase | undefined> => {
  if (conf.database === "off") return undefined;
  const driver = await openDriver(conf, logger);
  const tables = tablesOf(entities);
  const migrations = new Migrations(driver, tables, () => webClock.nowMs());
  const log = new SqlEventLog(driver);
  return {
    store: new SqlStore({
      driver,
      tables,
      clock: webClock,
      random: webRandom,
      events: log,
      node: nodeId(conf.prefix),
    }),
    log,
    migrations,
    async ready() {
      if (conf.database === "sqlite") {
        await migrations.up();
        await migrations.finish();
        return;
      }
      const { isBootstrapped, missing } = await migrations.state();
      if (!isBootstrapped)
        throw new Error("the database needs bootstrapping; run 'sallyport migrations bootstrap'");
      if (missing.length > 0)
        throw new Error("new migrations available; run 'sallyport migrations up' to proceed");
    },
  };
};

import { mkdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as after } from "node:timers/promises";
import {
  type Migration,
  Migrations,
  type SqlDriver,
  SqlEventLog,
  SqlReader,
  SqlStore,
} from "../adapters/sql/index.ts";
import { PostgresDriver, SqliteDriver } from "../adapters/sql/node.ts";
import { webClock, webRandom } from "../adapters/web/index.ts";
import {
  type Entities,
  type EventLog,
  type Logger,
  type PluginDeclaration,
  ReplicaReader,
  type Store,
  type StoreReader,
  type Table,
  tablesOf,
} from "../core/index.ts";
import type { Conf } from "./conf/load.ts";
import { nodeId } from "./node.ts";

/** A database as the configuration names it, before anything is known of what it holds. */
export interface OpenDatabase {
  readonly store: Store;
  /** Where the store tells its changes, and nodes each other. */
  readonly log: EventLog;
  readonly migrations: Migrations;
  /** Answers reads that may be some moments old, from a copy where there is one. */
  readonly reader: StoreReader;
  /**
   * Makes sure that the database has the form that this version needs. A database of this node alone gets it here.
   *
   * @param onWaiting Told why, while a database that does not answer is asked again, for a minute; undefined to fail
   * at once.
   * @throws Error that says which command brings it there, or why the database can't be reached.
   */
  ready(onWaiting?: (reason: string) => void): Promise<void>;
  /** Ends what it holds open. Harmless when called again. */
  close(): Promise<void>;
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

/** The tables in a copy of the database, where the configuration names one. */
const openCopy = async (
  conf: Conf,
  tables: readonly Table[],
  logger: Logger,
): Promise<{ reader: StoreReader; close(): Promise<void> } | undefined> => {
  if (conf.database !== "postgres" || conf.postgresCopy === undefined) return undefined;
  const onError = (error: Error): void =>
    logger.log("error", "a connection to PostgreSQL's copy broke", { error });
  const driver = await PostgresDriver.open({ ...conf.postgresCopy, onError });
  const byName = new Map(tables.map((table) => [table.name, table]));
  return { reader: new SqlReader(driver, byName, webClock), close: () => driver.close() };
};

const retryMs = 1_000;
const patienceMs = 60_000;
/** PostgreSQL while it starts or stops: 57P0x. */
const isUnreachable = (error: unknown): boolean => {
  const code = (error as { code?: unknown }).code;
  return (
    typeof code === "string" &&
    /^(?:E(?:CONNREFUSED|CONNRESET|HOSTUNREACH|TIMEDOUT|AI_AGAIN)|ENOTFOUND|57P0\d)$/.test(code)
  );
};

const reached = async <T>(
  ask: () => Promise<T>,
  onWaiting: ((reason: string) => void) | undefined,
): Promise<T> => {
  for (let waitedMs = 0; ; waitedMs += retryMs) {
    try {
      return await ask();
    } catch (error) {
      if (onWaiting === undefined || waitedMs >= patienceMs || !isUnreachable(error)) throw error;
      onWaiting(`the database does not answer yet: ${(error as Error).message}`);
    }
    await after(retryMs);
  }
};

/** What the plugins' versions need of the rows, as steps on the store's database. */
const stepsOf = (plugins: readonly PluginDeclaration[], store: SqlStore): Migration[] =>
  plugins.flatMap(({ name: subsystem, migrations = [] }) =>
    migrations.map(({ name, up, finish }): Migration => ({
      subsystem,
      name,
      up: async (queries) => up && store.within(queries, up),
      ...(finish && { finish: (queries) => store.within(queries, finish) }),
    })),
  );

/** Opens the database of a node; undefined without one. Close it when done. */
export const openDatabase = async (
  conf: Conf,
  entities: Entities,
  plugins: readonly PluginDeclaration[],
  logger: Logger,
): Promise<OpenDatabase | undefined> => {
  if (conf.database === "off") return undefined;
  const driver = await openDriver(conf, logger);
  const tables = tablesOf(entities);
  const log = new SqlEventLog(driver);
  const store = new SqlStore({
    driver,
    tables,
    clock: webClock,
    random: webRandom,
    events: log,
    node: nodeId(conf.prefix),
  });
  const migrations = new Migrations(driver, tables, () => webClock.nowMs(), stepsOf(plugins, store));
  const copy = await openCopy(conf, tables, logger);
  const tell = (error: unknown): void =>
    logger.log("warn", "PostgreSQL's copy does not answer, the original does", { error });
  return {
    store,
    log,
    migrations,
    reader: copy === undefined ? store : new ReplicaReader(copy.reader, store, tell),
    async close() {
      await copy?.close();
      await store.close();
    },
    async ready(onWaiting) {
      if (conf.database === "sqlite") {
        await migrations.up();
        await migrations.finish();
        return;
      }
      const { isBootstrapped, missing } = await reached(() => migrations.state(), onWaiting);
      if (!isBootstrapped)
        throw new Error("the database needs bootstrapping; run 'sallyport migrations bootstrap'");
      if (missing.length > 0)
        throw new Error("new migrations available; run 'sallyport migrations up' to proceed");
    },
  };
};

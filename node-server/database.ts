import { mkdirSync } from "node:fs";
import path from "node:path";
import { Migrations, PostgresDriver, SqliteDriver, type SqlDriver, SqlStore } from "../adapters/sql/index.ts";
import { webClock, WebTimers } from "../adapters/web/index.ts";
import { type Cancel, type Entities, type Logger, type Store, tablesOf } from "../core/index.ts";
import type { Conf } from "./conf/load.ts";
import type { Feed } from "./feed.ts";

/** A database as the configuration names it, before anything is known of what it holds. */
export interface OpenDatabase {
  readonly store: Store;
  readonly migrations: Migrations;
  readonly driver: SqlDriver;
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
  return {
    driver,
    store: new SqlStore({ driver, tables, clock: webClock }),
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

/** Changes are kept that long for nodes that were away; who was away longer reads everything. */
const keepChangesMs = 60 * 60 * 1000;
const purgeMs = 60 * 1000;

/** Looks for what other nodes wrote, and clears away what is over. */
export class Watch {
  private readonly opened: OpenDatabase;
  private readonly feed: Feed;
  private readonly conf: Conf;
  private readonly timers: WebTimers;
  private readonly cancels: Cancel[] = [];
  private readonly logger: Logger;
  private stopWatching: (() => Promise<void>) | undefined;
  private isClosed = false;

  constructor(opened: OpenDatabase, feed: Feed, conf: Conf, logger: Logger) {
    this.opened = opened;
    this.feed = feed;
    this.conf = conf;
    this.logger = logger;
    this.timers = new WebTimers(logger);
  }

  async start(): Promise<void> {
    const { opened, feed, conf, timers } = this;
    // Whatever signals get lost, this look finds.
    if (opened.driver.watch !== undefined) {
      this.cancels.push(timers.every(Math.max(1, conf.dbUpdateMs), "database changes", () => this.look()));
      await this.listen();
    }
    this.cancels.push(
      timers.every(purgeMs, "database purge", async () => {
        await opened.store.purge(keepChangesMs);
        await feed.sync();
      }),
    );
    // What was written while the workers started.
    await feed.sync();
  }

  private async look(): Promise<void> {
    if (this.stopWatching === undefined) await this.listen();
    await this.feed.sync();
  }

  private async listen(): Promise<void> {
    const { driver } = this.opened;
    const sync = (): void => {
      this.feed
        .sync()
        .catch((error: unknown) => this.logger.log("error", "changes can't be read", { error }));
    };
    try {
      const stop = await driver.watch!(sync, () => (this.stopWatching = undefined));
      if (this.isClosed) await stop();
      else this.stopWatching = stop;
    } catch (error) {
      this.logger.log("warn", "changes of other nodes are only found by looking", { error });
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const cancel of this.cancels) cancel();
    await this.stopWatching?.();
    await this.opened.store.close();
  }
}

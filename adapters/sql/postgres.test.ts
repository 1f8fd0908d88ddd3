import { setTimeout as pass } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeWriters } from "../../test/contracts/driver.ts";
import { describeEventLog } from "../../test/contracts/eventlog.ts";
import { describeStore, libraryTables } from "../../test/contracts/store.ts";
import { type Postgres, postgresFolder, startPostgres } from "../../test/support/postgres.ts";
import { MemoryClock, MemoryRandom } from "../memory/index.ts";
import { Migrations, SqlEventLog, SqlStore } from "./index.ts";
import { PostgresDriver } from "./node.ts";

describe.skipIf(postgresFolder === undefined)("with PostgreSQL installed", () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());

  const connect = (): Promise<PostgresDriver> =>
    PostgresDriver.open({
      host: "127.0.0.1",
      port: server.port,
      user: "kong",
      password: "",
      database: "kong",
      timeoutMs: 5_000,
      isSecure: false,
      isVerified: false,
      connections: 4,
      onError: () => undefined,
    });

  describeWriters("PostgreSQL", connect);

  const prepared = async (tables: typeof libraryTables): Promise<PostgresDriver> => {
    const driver = await connect();
    const migrations = new Migrations(driver, tables, () => 1);
    await migrations.reset();
    await migrations.up();
    return driver;
  };

  describeStore("PostgreSQL", async () => {
    const clock = new MemoryClock();
    const open = (driver: PostgresDriver, seed: number) => {
      const log = new SqlEventLog(driver);
      const random = new MemoryRandom(seed);
      return {
        store: new SqlStore({ driver, tables: libraryTables, clock, random, events: log, node: "n" }),
        log,
      };
    };
    const { store, log } = open(await prepared(libraryTables), 1);
    return {
      store,
      log,
      nowMs: () => clock.nowMs(),
      advance: (ms) => clock.advance(ms),
      reopen: async () => open(await connect(), 2),
      close: () => store.close(),
    };
  });

  describeEventLog("PostgreSQL", async () => {
    const drivers = [await prepared([]), await connect()];
    return {
      log: new SqlEventLog(drivers[0]!),
      other: new SqlEventLog(drivers[1]!),
      pass: (ms) => pass(ms),
      async close() {
        await Promise.all(drivers.map((driver) => driver.close()));
      },
    };
  });

  test("a watch whose connection is cut tells it, once", async () => {
    const driver = await connect();
    const lost: string[] = [];
    const watch = await driver.watch(
      () => undefined,
      () => lost.push("lost"),
    );
    await driver.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query LIKE 'SELECT 1%'",
    );
    const deadline = performance.now() + 10_000;
    while ((await watch.isAlive()) || lost.length === 0) {
      expect(performance.now()).toBeLessThan(deadline);
      await pass(5);
    }
    expect(lost).toHaveLength(1);
    await watch.stop();
    await driver.close();
  });
});

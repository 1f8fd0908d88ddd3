import { setTimeout as pass } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeWriters } from "../../test/contracts/driver.ts";
import { describeEventLog } from "../../test/contracts/eventlog.ts";
import { describeStore, libraryTables } from "../../test/contracts/store.ts";
import { certificateFor } from "../../test/engine/certificate.ts";
import { type Postgres, postgresFolder, startPostgres } from "../../test/support/postgres.ts";
import { MemoryClock, MemoryRandom } from "../memory/index.ts";
import { Migrations, SqlEventLog, SqlStore } from "./index.ts";
import { PostgresDriver, type PostgresOptions } from "./node.ts";

describe.skipIf(postgresFolder === undefined)("with PostgreSQL installed", () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());

  const connect = (more: Partial<PostgresOptions> = {}): Promise<PostgresDriver> =>
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
      ...more,
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

  test("a statement that takes longer than timeoutMs is ended by the server", async () => {
    const driver = await connect({ timeoutMs: 100 });
    await expect(driver.query("SELECT pg_sleep(60)")).rejects.toMatchObject({ code: "57014" });
    expect(await driver.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await driver.close();
  });

  test("by TLS, with the certificate verified where that is asked for", async () => {
    const secure = await startPostgres(await certificateFor("localhost"));
    const at = { port: secure.port, isSecure: true };
    const driver = await connect(at);
    const [row] = await driver.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    expect(row).toEqual({ ssl: true });
    await driver.close();
    const strict = await connect({ ...at, isVerified: true });
    await expect(strict.query("SELECT 1")).rejects.toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    await strict.close();
    await secure.stop();
  }, 60_000);
});

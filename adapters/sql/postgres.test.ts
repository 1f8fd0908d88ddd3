import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeStore, libraryTables } from "../../test/contracts/store.ts";
import { type Postgres, postgresFolder, startPostgres } from "../../test/support/postgres.ts";
import { MemoryClock } from "../memory/index.ts";
import { Migrations, PostgresDriver, SqlStore } from "./index.ts";

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

  describeStore("PostgreSQL", async () => {
    const clock = new MemoryClock();
    const driver = await connect();
    const migrations = new Migrations(driver, libraryTables, () => clock.nowMs());
    await migrations.reset();
    await migrations.up();
    const store = new SqlStore({ driver, tables: libraryTables, clock });
    return {
      store,
      nowMs: () => clock.nowMs(),
      advance: (ms) => clock.advance(ms),
      reopen: async () => new SqlStore({ driver: await connect(), tables: libraryTables, clock }),
      close: () => store.close(),
    };
  });

  test("a writer wakes those who watch", async () => {
    const [reader, writer] = await Promise.all([connect(), connect()]);
    let heard: () => void = () => undefined;
    const hearing = new Promise<void>((resolve) => (heard = resolve));
    const stop = await reader.watch(heard, () => undefined);
    await writer.transaction(() => Promise.resolve());
    await hearing;
    await stop();
    await Promise.all([reader.close(), writer.close()]);
    expect(true).toBe(true);
  });
});

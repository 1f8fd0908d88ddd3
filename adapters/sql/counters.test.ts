import { describe } from "vitest";
import { MemoryClock } from "../memory/index.ts";
import { describeCounters } from "../../test/contracts/counters.ts";
import { postgresFolder, startPostgres } from "../../test/support/postgres.ts";
import { SqlCounters, type SqlDriver } from "./index.ts";
import { PostgresDriver, SqliteDriver } from "./node.ts";

const on = async (driver: SqlDriver, stop: () => Promise<void> = () => Promise.resolve()) => {
  const clock = new MemoryClock();
  const counters = new SqlCounters(driver, clock);
  await counters.prepare();
  return {
    counters,
    async advance(ms: number) {
      clock.advance(ms);
      await counters.purge();
    },
    async close() {
      await driver.close();
      await stop();
    },
  };
};

describeCounters("SQLite", () => on(new SqliteDriver(":memory:")));

describe.skipIf(postgresFolder === undefined)("with PostgreSQL", () => {
  describeCounters("PostgreSQL", async () => {
    const server = await startPostgres();
    const driver = await PostgresDriver.open({
      host: "127.0.0.1",
      port: server.port,
      user: "kong",
      password: "",
      database: "kong",
      timeoutMs: 5_000,
      isSecure: false,
      isVerified: false,
      connections: 8,
      onError: () => undefined,
    });
    return on(driver, () => server.stop());
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { afterAll } from "vitest";
import { describeWriters } from "../../test/contracts/driver.ts";
import { describeEventLog } from "../../test/contracts/eventlog.ts";
import { describeStore, libraryTables } from "../../test/contracts/store.ts";
import { MemoryClock, MemoryRandom } from "../memory/index.ts";
import { Migrations, SqlEventLog, SqlStore } from "./index.ts";
import { SqliteDriver } from "./node.ts";

describeStore("node:sqlite", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-"));
  const clock = new MemoryClock();
  const open = async (seed = 1) => {
    const driver = new SqliteDriver(path.join(folder, "store.db"));
    await new Migrations(driver, libraryTables, () => clock.nowMs()).up();
    const log = new SqlEventLog(driver);
    const random = new MemoryRandom(seed);
    return {
      store: new SqlStore({ driver, tables: libraryTables, clock, random, events: log, node: "n" }),
      log,
    };
  };
  const { store, log } = await open();
  return {
    store,
    log,
    nowMs: () => clock.nowMs(),
    advance: (ms) => clock.advance(ms),
    reopen: () => open(2),
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

const writersFolder = mkdtempSync(path.join(tmpdir(), "sallyport-"));
afterAll(() => rmSync(writersFolder, { recursive: true, force: true }));
describeWriters("node:sqlite", async () => new SqliteDriver(path.join(writersFolder, "writers.db")));

describeEventLog("node:sqlite, two connections to one file", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-"));
  const drivers = [1, 2].map(() => new SqliteDriver(path.join(folder, "events.db")));
  const [one, two] = drivers as [SqliteDriver, SqliteDriver];
  await new Migrations(one, [], () => 1).up();
  return {
    log: new SqlEventLog(one),
    other: new SqlEventLog(two),
    pass: (ms) => pass(ms),
    async close() {
      await Promise.all(drivers.map((driver) => driver.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

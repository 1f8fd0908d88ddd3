import { expect, test } from "vitest";
import { libraryTables } from "../../test/contracts/store.ts";
import { Migrations } from "./index.ts";
import { SqliteDriver } from "./node.ts";

test("an empty database needs every step, runs each once, and is empty again after a reset", async () => {
  const driver = new SqliteDriver(":memory:");
  const migrations = new Migrations(driver, libraryTables, () => 1);
  const events = { subsystem: "core", name: "001_cluster_events" };
  const base = ["core", "shelves", "books", "cards"].map((subsystem) => ({ subsystem, name: "000_base" }));
  const counters = { subsystem: "core", name: "002_counters" };
  const steps = [base[0]!, events, counters, ...base.slice(1)];
  expect(await migrations.state()).toEqual({
    isBootstrapped: false,
    executed: [],
    pending: [],
    missing: steps,
  });
  expect(await migrations.up()).toEqual(steps);
  expect(await migrations.up()).toEqual([]);
  expect((await migrations.state()).pending).toEqual([events]);
  expect(await migrations.finish()).toEqual([events]);
  expect(await migrations.finish()).toEqual([]);
  expect(await migrations.state()).toMatchObject({ isBootstrapped: true, pending: [], missing: [] });
  expect((await migrations.state()).executed).toHaveLength(steps.length);
  await migrations.reset();
  expect((await migrations.state()).isBootstrapped).toBe(false);
  await driver.close();
});

test("a database of fewer entities lacks the steps of the others", async () => {
  const driver = new SqliteDriver(":memory:");
  await new Migrations(driver, libraryTables.slice(0, 1), () => 1).up();
  const migrations = new Migrations(driver, libraryTables, () => 2);
  expect((await migrations.state()).missing.map(({ subsystem }) => subsystem)).toEqual(["books", "cards"]);
  expect(await migrations.up()).toHaveLength(2);
  await driver.close();
});

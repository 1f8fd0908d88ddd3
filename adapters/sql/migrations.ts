import type { Table } from "../../core/index.ts";
import type { Queries, SqlDriver, SqlRow } from "./driver.ts";
import { createCounters, createEvents, createMeta, createShared, createTable } from "./schema.ts";

/** A step of the database's form. What it does must be harmless when it ran before. */
export interface Migration {
  /** `core`, or the entity or plugin that the step belongs to. */
  readonly subsystem: string;
  readonly name: string;
  /** While nodes of the version before still run: adds, never takes away. */
  up(queries: Queries, dialect: SqlDriver["dialect"]): Promise<void>;
  /** When no node of the version before runs any more. */
  finish?(queries: Queries, dialect: SqlDriver["dialect"]): Promise<void>;
}

export interface MigrationName {
  readonly subsystem: string;
  readonly name: string;
}

export interface MigrationState {
  readonly isBootstrapped: boolean;
  readonly executed: readonly MigrationName[];
  /** Begun with `up`, to be ended with `finish`. */
  readonly pending: readonly MigrationName[];
  /** Not begun. */
  readonly missing: readonly MigrationName[];
}

const runAll = async (queries: Queries, statements: readonly string[]): Promise<void> => {
  for (const statement of statements) await queries.query(statement);
};

/** Every step that the tables need, in their order. */
export const migrationsOf = (tables: readonly Table[]): Migration[] => [
  {
    subsystem: "core",
    name: "000_base",
    up: (queries, dialect) => runAll(queries, createShared(dialect)),
  },
  {
    subsystem: "core",
    name: "001_cluster_events",
    up: (queries, dialect) => runAll(queries, createEvents(dialect)),
    // Where changes stood before.
    finish: (queries) => runAll(queries, ["DROP TABLE IF EXISTS changes"]),
  },
  {
    subsystem: "core",
    name: "002_counters",
    up: (queries, dialect) => runAll(queries, [createCounters(dialect)]),
  },
  ...tables.map((table): Migration => ({
    subsystem: table.name,
    name: "000_base",
    up: (queries, dialect) => runAll(queries, createTable(table, dialect)),
  })),
];

const same = (a: MigrationName) => (b: MigrationName) => a.subsystem === b.subsystem && a.name === b.name;
const nameOf = ({ subsystem, name }: MigrationName): MigrationName => ({ subsystem, name });

/** The steps of a database: which ran, and running the others. Two nodes never run them at once. */
export class Migrations {
  private readonly driver: SqlDriver;
  private readonly tables: readonly Table[];
  private readonly steps: readonly Migration[];
  private readonly nowMs: () => number;

  /** @param more Steps beyond those that make the tables; they come after them. */
  constructor(
    driver: SqlDriver,
    tables: readonly Table[],
    nowMs: () => number,
    more: readonly Migration[] = [],
  ) {
    this.driver = driver;
    this.tables = tables;
    this.steps = [...migrationsOf(tables), ...more];
    this.nowMs = nowMs;
  }

  async state(): Promise<MigrationState> {
    const rows = await this.recorded();
    const found = (rows ?? []).map((row) => ({
      ...nameOf(row as unknown as MigrationName),
      state: row["state"],
    }));
    return {
      isBootstrapped: found.length > 0,
      executed: found.filter(({ state }) => state === "executed").map(nameOf),
      pending: found.filter(({ state }) => state === "pending").map(nameOf),
      missing: this.steps.filter((step) => !found.some(same(step))).map(nameOf),
    };
  }

  private async recorded(): Promise<readonly SqlRow[] | undefined> {
    const catalogue =
      this.driver.dialect === "sqlite"
        ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'schema_meta'"
        : "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'schema_meta'";
    if ((await this.driver.query(catalogue)).length === 0) return undefined;
    return this.driver.query(
      "SELECT subsystem, name, state FROM schema_meta ORDER BY at_ms, subsystem, name",
    );
  }

  /** Runs every step that did not run. @param waitMs As of {@link SqlDriver.transaction}. @returns Their names. */
  up(waitMs?: number): Promise<readonly MigrationName[]> {
    const { driver } = this;
    return driver.transaction(async (queries) => {
      await runAll(queries, createMeta(driver.dialect));
      const rows = await queries.query("SELECT subsystem, name FROM schema_meta");
      const ran = rows as unknown as MigrationName[];
      const missing = this.steps.filter((step) => !ran.some(same(step)));
      for (const step of missing) {
        await step.up(queries, driver.dialect);
        await queries.query("INSERT INTO schema_meta (subsystem, name, state, at_ms) VALUES (?, ?, ?, ?)", [
          step.subsystem,
          step.name,
          step.finish === undefined ? "executed" : "pending",
          this.nowMs(),
        ]);
      }
      return missing.map(nameOf);
    }, waitMs);
  }

  /** Ends what `up` began. @param waitMs As of `up`. @returns The names of the steps that ended. */
  finish(waitMs?: number): Promise<readonly MigrationName[]> {
    const { driver } = this;
    return driver.transaction(async (queries) => {
      const rows = await queries.query("SELECT subsystem, name FROM schema_meta WHERE state = ?", [
        "pending",
      ]);
      const pending = (rows as unknown as MigrationName[]).map(nameOf);
      for (const name of pending) {
        await this.steps.find(same(name))?.finish?.(queries, driver.dialect);
        await queries.query("UPDATE schema_meta SET state = ? WHERE subsystem = ? AND name = ?", [
          "executed",
          name.subsystem,
          name.name,
        ]);
      }
      return pending;
    }, waitMs);
  }

  /** Drops everything, rows included. @param waitMs As of `up`. */
  reset(waitMs?: number): Promise<void> {
    return this.driver.transaction(async (queries) => {
      const tables = this.tables.map(({ name }) => name);
      for (const table of [
        ...tables.toReversed(),
        "taggings",
        "counters",
        "cluster_events",
        "marks",
        "schema_meta",
      ])
        await queries.query(`DROP TABLE IF EXISTS "${table}"`);
    }, waitMs);
  }
}

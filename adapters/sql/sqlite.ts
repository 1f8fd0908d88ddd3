import { setTimeout as after } from "node:timers/promises";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { EventWatch } from "../../core/index.ts";
import { FileWatch } from "./filewatch.ts";
import { DatabaseLocked } from "./driver.ts";
import type { Queries, SqlDriver, SqlRow, SqlValue, Violation } from "./driver.ts";

/** Milliseconds to wait for another process that writes. */
const busyMs = 5_000;
const busy = 5;
const constraintUnique = 2067;
const constraintPrimary = 1555;
const constraintForeign = 787;

/**
 * Writes go to a log from now on. The first who opens a new file needs it alone for that, and SQLite does not wait here
 * by itself: of eight threads that opened one at once, one in 160 was refused.
 */
const enableLog = (database: DatabaseSync): void => {
  const deadline = performance.now() + busyMs;
  for (;;) {
    try {
      database.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== busy || performance.now() > deadline) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
  }
};

/** SQLite in this process, by node:sqlite. Statements run at once and block: the database is local and small. */
export class SqliteDriver implements SqlDriver {
  readonly dialect = "sqlite";
  readonly maxParameters = 32_766;
  private readonly file: string;
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private turn: Promise<unknown> = Promise.resolve();
  private readonly watches = new Set<EventWatch>();
  private isClosed = false;

  /** @param file Path of the database; `:memory:` for one that is gone with the process. */
  constructor(file: string) {
    this.file = file;
    this.database = new DatabaseSync(file, { timeout: busyMs });
    // An acknowledged write survives a power cut: FULL syncs the log with each transaction (0.2-4 ms).
    enableLog(this.database);
    this.database.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  }

  query(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return this.inTurn(() => this.run(sql, parameters));
  }

  private run(sql: string, parameters: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    try {
      let statement = this.statements.get(sql);
      if (statement === undefined) {
        statement = this.database.prepare(sql);
        if (this.statements.size < 1_000) this.statements.set(sql, statement);
      }
      return Promise.resolve(statement.all(...parameters) as SqlRow[]);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** One connection: what is asked while a transaction runs waits for its end and never sees the middle. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  transaction<T>(work: (queries: Queries) => Promise<T>, waitMs?: number): Promise<T> {
    const queries: Queries = { query: (sql, parameters = []) => this.run(sql, parameters) };
    return this.inTurn(async () => {
      await this.begin(waitMs);
      try {
        const result = await work(queries);
        this.database.exec("COMMIT");
        return result;
      } catch (error) {
        if (this.database.isTransaction) this.database.exec("ROLLBACK");
        throw error;
      }
    });
  }

  /** Another process may be writing. SQLite's own way of waiting would stop this one meanwhile. */
  private async begin(patienceMs = busyMs): Promise<void> {
    const deadline = performance.now() + patienceMs;
    for (let waitMs = 1; ; waitMs = Math.min(20, waitMs * 2)) {
      this.database.exec("PRAGMA busy_timeout = 0");
      try {
        this.database.exec("BEGIN IMMEDIATE");
        return;
      } catch (error) {
        if ((error as { errcode?: number }).errcode !== busy) throw error;
        if (performance.now() > deadline)
          throw new DatabaseLocked("another process writes to the database", { cause: error });
      } finally {
        this.database.exec(`PRAGMA busy_timeout = ${busyMs}`);
      }
      await after(waitMs);
    }
  }

  violation(error: unknown): Violation | undefined {
    const { errcode, message } = error as { errcode?: number; message?: string };
    if (errcode === constraintForeign) return { kind: "foreign" };
    if (errcode !== constraintUnique && errcode !== constraintPrimary) return undefined;
    // "UNIQUE constraint failed: services.u_name"
    const [, names = ""] = /failed: (.+)$/.exec(message ?? "") ?? [];
    const columns = names.split(", ").map((name) => name.slice(name.indexOf(".") + 1));
    return {
      kind: errcode === constraintPrimary ? "primary" : "unique",
      table: names.slice(0, names.indexOf(".")),
      columns,
    };
  }

  async watch(onSignal: () => void, onLost: () => void): Promise<EventWatch> {
    const watch = new FileWatch(this.database, this.file, onSignal, onLost);
    this.watches.add(watch);
    return watch;
  }

  async close(): Promise<void> {
    await this.turn;
    if (this.isClosed) return;
    this.isClosed = true;
    for (const watch of this.watches) await watch.stop();
    this.statements.clear();
    this.database.close();
  }
}

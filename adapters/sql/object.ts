import type { Queries, SqlDriver, SqlRow, SqlValue, Violation } from "./driver.ts";

/** What the driver needs of a Durable Object's storage. */
export interface ObjectStorage {
  readonly sql: { exec(sql: string, ...parameters: SqlValue[]): { toArray(): SqlRow[] } };
  transaction<T>(work: () => Promise<T>): Promise<T>;
}

/** SQLite of a Durable Object: one process, one writer, kept before an answer leaves the object. */
export class ObjectDriver implements SqlDriver {
  readonly dialect = "sqlite";
  readonly maxParameters = 100;
  private readonly storage: ObjectStorage;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(storage: ObjectStorage) {
    this.storage = storage;
  }

  query(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return this.inTurn(() => this.run(sql, parameters));
  }

  private async run(sql: string, parameters: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return this.storage.sql.exec(sql, ...parameters).toArray();
  }

  /** The storage's transaction takes in whatever runs meanwhile: so nothing else may. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const queries: Queries = { query: (sql, parameters = []) => this.run(sql, parameters) };
    return this.inTurn(() => this.storage.transaction(() => work(queries)));
  }

  violation(error: unknown): Violation | undefined {
    // "UNIQUE constraint failed: services.u_name: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)"
    const message = error instanceof Error ? error.message : "";
    const [, kind, names = ""] =
      /(FOREIGN KEY|UNIQUE|PRIMARY KEY) constraint failed(?:: ([^:]+))?/.exec(message) ?? [];
    if (kind === undefined) return undefined;
    if (kind === "FOREIGN KEY") return { kind: "foreign" };
    const columns = names.split(", ").map((name) => name.slice(name.indexOf(".") + 1));
    const isPrimary = message.includes("SQLITE_CONSTRAINT_PRIMARYKEY");
    return {
      kind: isPrimary ? "primary" : "unique",
      table: names.slice(0, names.indexOf(".")),
      columns,
    };
  }

  /** Its storage is the object's: there is nothing to close. */
  async close(): Promise<void> {
    await this.turn;
  }
}

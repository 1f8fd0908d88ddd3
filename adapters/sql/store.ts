import type {
  Change,
  Clock,
  PageQuery,
  Store,
  StoredRow,
  StoreReader,
  StoreTransaction,
  Table,
  Tagging,
  TaggingQuery,
} from "../../core/index.ts";
import type { Queries, SqlDriver } from "./driver.ts";
import { SqlReader } from "./reader.ts";
import { SqlTransaction } from "./transaction.ts";

export interface SqlStoreOptions {
  readonly driver: SqlDriver;
  readonly tables: readonly Table[];
  readonly clock: Clock;
}

/** A store in a database that speaks SQL. Its tables are there: see `Migrations`. */
export class SqlStore implements Store {
  private readonly driver: SqlDriver;
  private readonly tables: ReadonlyMap<string, Table>;
  private readonly clock: Clock;
  private readonly reader: StoreReader;

  constructor({ driver, tables, clock }: SqlStoreOptions) {
    this.driver = driver;
    this.clock = clock;
    this.tables = new Map(tables.map((table) => [table.name, table]));
    this.reader = new SqlReader(driver, this.tables, clock);
  }

  get(table: string, id: string): Promise<StoredRow | undefined> {
    return this.reader.get(table, id);
  }

  find(table: string, key: string, value: string): Promise<StoredRow | undefined> {
    return this.reader.find(table, key, value);
  }

  page(table: string, query: PageQuery): Promise<readonly StoredRow[]> {
    return this.reader.page(table, query);
  }

  taggings(query: TaggingQuery): Promise<readonly Tagging[]> {
    return this.reader.taggings(query);
  }

  transaction<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T> {
    const { driver, tables, clock } = this;
    return driver.transaction((queries) => work(new SqlTransaction(queries, tables, clock, driver)));
  }

  async lastChange(): Promise<number> {
    const [row] = await this.driver.query("SELECT COALESCE(MAX(seq), 0) AS seq FROM changes");
    return Number(row!["seq"]);
  }

  async changes(seq: number, limit: number): Promise<readonly Change[] | undefined> {
    const rows = await this.driver.query(
      "SELECT seq, tbl, id FROM changes WHERE seq > ? ORDER BY seq LIMIT ?",
      [seq, limit],
    );
    if ((await this.forgotten()) > seq) return undefined;
    return rows.map((row) => ({ seq: Number(row["seq"]), table: String(row["tbl"]), id: String(row["id"]) }));
  }

  /** The seq of the last change that was deleted. Numbers have gaps where transactions failed: they don't tell. */
  private async forgotten(): Promise<number> {
    const [row] = await this.driver.query("SELECT value FROM marks WHERE name = ?", ["forgotten"]);
    return Number(row?.["value"] ?? 0);
  }

  async purge(keepMs: number): Promise<number> {
    const nowMs = this.clock.nowMs();
    let count = 0;
    for (const name of this.tables.keys()) count += await this.purgeTable(name, nowMs);
    await this.driver.transaction((queries) => forget(queries, nowMs - keepMs));
    return count;
  }

  private async purgeTable(name: string, nowMs: number): Promise<number> {
    const expired = `SELECT id FROM "${name}" WHERE expires_at_ms <= ? LIMIT 1000`;
    if ((await this.driver.query(expired, [nowMs])).length === 0) return 0;
    return this.transaction(async (transaction) => {
      const rows = await (transaction as SqlTransaction).queries.query(expired, [nowMs]);
      for (const row of rows) await transaction.remove(name, String(row["id"]));
      return rows.length;
    });
  }

  async ping(): Promise<boolean> {
    try {
      await this.driver.query("SELECT 1 AS one");
      return true;
    } catch {
      return false;
    }
  }

  close(): Promise<void> {
    return this.driver.close();
  }
}

const forget = async (queries: Queries, beforeMs: number): Promise<void> => {
  const [row] = await queries.query("SELECT COALESCE(MAX(seq), 0) AS seq FROM changes WHERE at_ms < ?", [
    beforeMs,
  ]);
  const seq = Number(row!["seq"]);
  if (seq === 0) return;
  await queries.query("DELETE FROM changes WHERE seq <= ?", [seq]);
  await queries.query(
    "INSERT INTO marks (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    ["forgotten", seq],
  );
};

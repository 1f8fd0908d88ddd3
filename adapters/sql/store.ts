import {
  changeEvent,
  type Clock,
  keepEventsMs,
  type PageQuery,
  type Random,
  type Store,
  type StoredRow,
  type StoreReader,
  type StoreTransaction,
  type Table,
  type Tagging,
  type TaggingQuery,
  uuidV4Maker,
} from "../../core/index.ts";
import type { Queries, SqlDriver } from "./driver.ts";
import type { SqlEventLog } from "./eventlog.ts";
import { SqlReader } from "./reader.ts";
import { SqlTransaction } from "./transaction.ts";

export interface SqlStoreOptions {
  readonly driver: SqlDriver;
  readonly tables: readonly Table[];
  readonly clock: Clock;
  readonly random: Pick<Random, "fill">;
  /** Where changes are told. */
  readonly events: SqlEventLog;
  /** Who writes. */
  readonly node: string;
}

/** A store in a database that speaks SQL. Its tables are there: see `Migrations`. */
export class SqlStore implements Store {
  private readonly driver: SqlDriver;
  private readonly tables: ReadonlyMap<string, Table>;
  private readonly clock: Clock;
  private readonly reader: StoreReader;
  private readonly events: SqlEventLog;
  private readonly node: string;
  private readonly nextId: () => string;

  constructor({ driver, tables, clock, random, events, node }: SqlStoreOptions) {
    this.driver = driver;
    this.events = events;
    this.node = node;
    this.nextId = uuidV4Maker(random);
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
    return this.driver.transaction((queries) => this.within(queries, work));
  }

  /** The same as a part of a transaction that is open already. */
  async within<T>(queries: Queries, work: (transaction: StoreTransaction) => Promise<T>): Promise<T> {
    const { driver, tables, clock, node } = this;
    const transaction = new SqlTransaction(queries, tables, clock, driver);
    const result = await work(transaction);
    // At the end: the row with the numbers is then held shortly, and taken once.
    const events = transaction.changes.map((change) =>
      changeEvent(change, { id: this.nextId(), node, keepMs: keepEventsMs }),
    );
    await this.events.appendIn(queries, events);
    return result;
  }

  async purge(): Promise<number> {
    const nowMs = this.clock.nowMs();
    let count = 0;
    for (const name of this.tables.keys()) count += await this.purgeTable(name, nowMs);
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

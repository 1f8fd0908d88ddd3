import type {
  Clock,
  PageQuery,
  StoredRow,
  StoredValues,
  StoreReader,
  Table,
  Tagging,
  TaggingQuery,
} from "../../core/index.ts";
import type { Queries, SqlRow, SqlValue } from "./driver.ts";
import { foreignColumn, quoted, uniqueColumn } from "./schema.ts";

const stored = (row: SqlRow): StoredRow => ({
  values: JSON.parse(String(row["row"])) as StoredValues,
  expiresAtMs: row["expires_at_ms"] === null ? null : Number(row["expires_at_ms"]),
});

const marks = (count: number): string => Array.from({ length: count }, () => "?").join(", ");

/** Reads rows by statements. */
export class SqlReader implements StoreReader {
  readonly queries: Queries;
  protected readonly tables: ReadonlyMap<string, Table>;
  protected readonly clock: Clock;

  constructor(queries: Queries, tables: ReadonlyMap<string, Table>, clock: Clock) {
    this.queries = queries;
    this.tables = tables;
    this.clock = clock;
  }

  protected table(name: string): Table {
    const table = this.tables.get(name);
    if (table === undefined) throw new TypeError(`there is no table ${name}`);
    return table;
  }

  get(table: string, id: string): Promise<StoredRow | undefined> {
    return this.one(this.table(table), "id", id);
  }

  find(table: string, key: string, value: string): Promise<StoredRow | undefined> {
    const found = this.table(table);
    if (key === found.primaryKey) return this.one(found, "id", value);
    if (!found.unique.some(({ name }) => name === key)) throw new TypeError(`${table} has no key ${key}`);
    return this.one(found, quoted(uniqueColumn(key)), value);
  }

  private async one({ name }: Table, column: string, value: string): Promise<StoredRow | undefined> {
    const [row] = await this.queries.query(
      `SELECT "row", expires_at_ms FROM ${quoted(name)} WHERE ${column} = ? AND (expires_at_ms IS NULL OR expires_at_ms > ?)`,
      [value, this.clock.nowMs()],
    );
    return row === undefined ? undefined : stored(row);
  }

  async page(table: string, query: PageQuery): Promise<readonly StoredRow[]> {
    const { name } = this.table(table);
    const conditions = ["(expires_at_ms IS NULL OR expires_at_ms > ?)"];
    const parameters: SqlValue[] = [this.clock.nowMs()];
    if (query.after !== undefined) {
      conditions.push("id > ?");
      parameters.push(query.after);
    }
    if (query.reference !== undefined) {
      conditions.push(`${quoted(foreignColumn(query.reference.field))} = ?`);
      parameters.push(query.reference.id);
    }
    if (query.tags !== undefined) {
      const { match, values } = query.tags;
      const least = match === "all" ? new Set(values).size : 1;
      conditions.push(
        `id IN (SELECT id FROM taggings WHERE tbl = ? AND tag IN (${marks(values.length)}) GROUP BY id HAVING COUNT(*) >= ?)`,
      );
      parameters.push(name, ...values, least);
    }
    const rows = await this.queries.query(
      `SELECT "row", expires_at_ms FROM ${quoted(name)} WHERE ${conditions.join(" AND ")} ORDER BY id LIMIT ?`,
      [...parameters, query.limit],
    );
    return rows.map(stored);
  }

  async taggings({ tag, after, limit }: TaggingQuery): Promise<readonly Tagging[]> {
    const conditions = ["1 = 1"];
    const parameters: SqlValue[] = [];
    if (tag !== undefined) {
      conditions.push("tag = ?");
      parameters.push(tag);
    }
    if (after !== undefined) {
      conditions.push("(tbl, id, tag) > (?, ?, ?)");
      parameters.push(after.table, after.id, after.tag);
    }
    const rows = await this.queries.query(
      `SELECT tbl, id, tag FROM taggings WHERE ${conditions.join(" AND ")} ORDER BY tbl, id, tag LIMIT ?`,
      [...parameters, limit],
    );
    return rows.map((row) => ({
      table: String(row["tbl"]),
      id: String(row["id"]),
      tag: String(row["tag"]),
    }));
  }
}

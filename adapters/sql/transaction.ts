import {
  type Change,
  type Clock,
  referredId,
  StoreConflict,
  type StoredRow,
  type StoreTransaction,
  type Table,
  tagsOf,
  uniqueText,
} from "../../core/index.ts";
import type { Queries, SqlDriver, SqlValue } from "./driver.ts";
import { SqlReader } from "./reader.ts";
import { foreignColumn, quoted, uniqueColumn } from "./schema.ts";

/** Reads and writes of one transaction. */
export class SqlTransaction extends SqlReader implements StoreTransaction {
  private readonly driver: SqlDriver;
  private readonly noted = new Map<string, Change>();

  constructor(queries: Queries, tables: ReadonlyMap<string, Table>, clock: Clock, driver: SqlDriver) {
    super(queries, tables, clock);
    this.driver = driver;
  }

  /** Rows that were written or deleted so far, each once. */
  get changes(): readonly Change[] {
    return [...this.noted.values()];
  }

  async insert(name: string, row: StoredRow): Promise<void> {
    const table = this.table(name);
    await this.makeRoom(table);
    await this.checkKeys(table, row, true);
    await this.checkReferences(table, row);
    const columns = this.columns(table, row);
    const names = ["id", ...columns.map(([column]) => column)];
    const id = String(row.values[table.primaryKey]);
    await this.run(
      table,
      `INSERT INTO ${quoted(name)} (${names.map(quoted).join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
      [id, ...columns.map(([, value]) => value)],
    );
    await this.writeTags(table, id, row);
    this.note(name, id);
  }

  async replace(name: string, row: StoredRow): Promise<void> {
    const table = this.table(name);
    await this.makeRoom(table);
    await this.checkKeys(table, row, false);
    await this.checkReferences(table, row);
    const columns = this.columns(table, row);
    const id = String(row.values[table.primaryKey]);
    await this.run(
      table,
      `UPDATE ${quoted(name)} SET ${columns.map(([column]) => `${quoted(column)} = ?`).join(", ")} WHERE id = ?`,
      [...columns.map(([, value]) => value), id],
    );
    await this.queries.query("DELETE FROM taggings WHERE tbl = ? AND id = ?", [name, id]);
    await this.writeTags(table, id, row);
    this.note(name, id);
  }

  async remove(name: string, id: string): Promise<void> {
    const table = this.table(name);
    for (const other of this.tables.values()) {
      for (const { field, table: parent } of other.foreign) {
        if (parent !== name) continue;
        const column = quoted(foreignColumn(field));
        const rows = await this.queries.query(
          `SELECT id FROM ${quoted(other.name)} WHERE ${column} = ? LIMIT 1`,
          [id],
        );
        if (rows.length > 0) throw new StoreConflict("restrict", name, other.name);
      }
    }
    await this.run(table, `DELETE FROM ${quoted(name)} WHERE id = ?`, [id]);
    await this.queries.query("DELETE FROM taggings WHERE tbl = ? AND id = ?", [name, id]);
    this.note(name, id);
  }

  private columns(table: Table, { values, expiresAtMs }: StoredRow): [string, SqlValue][] {
    return [
      ["expires_at_ms", expiresAtMs],
      ["row", JSON.stringify(values)],
      ...table.unique.map((key): [string, SqlValue] => [uniqueColumn(key.name), uniqueText(key, values)]),
      ...table.foreign.map(({ field }): [string, SqlValue] => [
        foreignColumn(field),
        referredId(values, field),
      ]),
    ];
  }

  /** Rows whose time is over keep no key from others. */
  private async makeRoom({ name }: Table): Promise<void> {
    const gone = await this.queries.query(
      `SELECT id FROM ${quoted(name)} WHERE expires_at_ms <= ? LIMIT 100`,
      [this.clock.nowMs()],
    );
    for (const row of gone) await this.remove(name, String(row["id"]));
  }

  /**
   * Databases differ in which of several broken keys they tell; here it is the first in the order of the table. Nobody
   * else writes meanwhile, and the database's own constraints stand behind.
   */
  private async checkKeys(table: Table, { values }: StoredRow, isNew: boolean): Promise<void> {
    const id = String(values[table.primaryKey]);
    const name = quoted(table.name);
    const parts = isNew ? [`SELECT -1 AS place FROM ${name} WHERE id = ?`] : [];
    const parameters: SqlValue[] = isNew ? [id] : [];
    for (const [place, key] of table.unique.entries()) {
      const text = uniqueText(key, values);
      if (text === null) continue;
      parts.push(
        `SELECT ${place} AS place FROM ${name} WHERE ${quoted(uniqueColumn(key.name))} = ? AND id <> ?`,
      );
      parameters.push(text, id);
    }
    if (parts.length === 0) return;
    const [row] = await this.queries.query(`${parts.join(" UNION ALL ")} ORDER BY place LIMIT 1`, parameters);
    if (row === undefined) return;
    const broken = table.unique[Number(row["place"])];
    throw broken === undefined
      ? new StoreConflict("primary", table.name, table.primaryKey)
      : new StoreConflict("unique", table.name, broken.name);
  }

  /** SQLite does not tell which reference is broken, and PostgreSQL ends the transaction: so it is asked before. */
  private async checkReferences(table: Table, { values }: StoredRow): Promise<void> {
    for (const { field, table: parent } of table.foreign) {
      const id = referredId(values, field);
      if (id !== null && (await this.get(parent, id)) === undefined)
        throw new StoreConflict("foreign", table.name, field);
    }
  }

  private async run(table: Table, sql: string, parameters: readonly SqlValue[]): Promise<void> {
    try {
      await this.queries.query(sql, parameters);
    } catch (error) {
      const violation = this.driver.violation(error);
      if (violation === undefined) throw error;
      if (violation.kind === "foreign") throw new StoreConflict("restrict", table.name, table.name, error);
      const column = violation.columns[0] ?? "id";
      const key = table.unique.find(({ name }) => uniqueColumn(name) === column);
      throw key === undefined
        ? new StoreConflict("primary", table.name, table.primaryKey, error)
        : new StoreConflict("unique", table.name, key.name, error);
    }
  }

  private async writeTags(table: Table, id: string, { values }: StoredRow): Promise<void> {
    for (const tag of tagsOf(values))
      await this.queries.query("INSERT INTO taggings (tbl, id, tag) VALUES (?, ?, ?)", [table.name, id, tag]);
  }

  private note(table: string, id: string): void {
    this.noted.set(`${table} ${id}`, { table, id });
  }
}

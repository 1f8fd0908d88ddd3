import type { Table } from "../../core/index.ts";

type Dialect = "sqlite" | "postgres";

/** Names are quoted: some of them (`key`, `set`) are words of SQL. */
export const quoted = (name: string): string => `"${name}"`;
export const uniqueColumn = (name: string): string => `u_${name}`;
export const foreignColumn = (field: string): string => `f_${field}`;

const options = (dialect: Dialect): string => (dialect === "sqlite" ? " STRICT" : "");
const text = (dialect: Dialect): string => (dialect === "sqlite" ? "TEXT" : `TEXT COLLATE "C"`);
const integer = (dialect: Dialect): string => (dialect === "sqlite" ? "INTEGER" : "BIGINT");

/**
 * Statements that make the table of a kind of row: its key, a column for each unique key and each reference, the moment
 * from which on it is gone, and the row itself as JSON.
 */
export const createTable = (table: Table, dialect: Dialect): string[] => {
  const name = quoted(table.name);
  const columns = [
    `id ${text(dialect)} PRIMARY KEY`,
    `expires_at_ms ${integer(dialect)}`,
    `"row" TEXT NOT NULL`,
    ...table.unique.map((key) => `${quoted(uniqueColumn(key.name))} ${text(dialect)} UNIQUE`),
    ...table.foreign.map(
      ({ field, table: parent }) =>
        `${quoted(foreignColumn(field))} ${text(dialect)} REFERENCES ${quoted(parent)} (id)`,
    ),
  ];
  return [
    `CREATE TABLE IF NOT EXISTS ${name} (${columns.join(", ")})${options(dialect)}`,
    ...table.foreign.map(
      ({ field }) =>
        `CREATE INDEX IF NOT EXISTS ${quoted(`${table.name}_${field}`)} ON ${name} (${quoted(foreignColumn(field))}, id)`,
    ),
    `CREATE INDEX IF NOT EXISTS ${quoted(`${table.name}_expires`)} ON ${name} (expires_at_ms) WHERE expires_at_ms IS NOT NULL`,
  ];
};

/** Statements that make what all kinds of rows share. */
export const createShared = (dialect: Dialect): string[] => [
  `CREATE TABLE IF NOT EXISTS taggings (tbl ${text(dialect)} NOT NULL, id ${text(dialect)} NOT NULL, tag ${text(dialect)} NOT NULL, PRIMARY KEY (tbl, id, tag))${options(dialect)}`,
  `CREATE INDEX IF NOT EXISTS taggings_tag ON taggings (tag, tbl, id)`,
  dialect === "sqlite"
    ? `CREATE TABLE IF NOT EXISTS changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, tbl TEXT NOT NULL, id TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT`
    : `CREATE TABLE IF NOT EXISTS changes (seq BIGSERIAL PRIMARY KEY, tbl TEXT NOT NULL, id TEXT NOT NULL, at_ms BIGINT NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS marks (name ${text(dialect)} PRIMARY KEY, value ${integer(dialect)} NOT NULL)${options(dialect)}`,
  `CREATE INDEX IF NOT EXISTS changes_at ON changes (at_ms)`,
];

/** The table that remembers which migrations ran. */
export const createMeta = (dialect: Dialect): string[] => [
  `CREATE TABLE IF NOT EXISTS schema_meta (subsystem ${text(dialect)} NOT NULL, name ${text(dialect)} NOT NULL, state TEXT NOT NULL, at_ms ${integer(dialect)} NOT NULL, PRIMARY KEY (subsystem, name))${options(dialect)}`,
];

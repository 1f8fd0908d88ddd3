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
  `CREATE TABLE IF NOT EXISTS marks (name ${text(dialect)} PRIMARY KEY, value ${integer(dialect)} NOT NULL)${options(dialect)}`,
];

/** Counts of rate limits. */
export const createCounters = (dialect: Dialect): string =>
  `CREATE TABLE IF NOT EXISTS counters (key ${text(dialect)} PRIMARY KEY, value ${dialect === "sqlite" ? "REAL" : "DOUBLE PRECISION"} NOT NULL, expires_at_ms ${integer(dialect)} NOT NULL)${options(dialect)}`;

/** What nodes tell each other. An event that waits for its time (`nbf_ms`: not before) has no number yet. */
export const createEvents = (dialect: Dialect): string[] => {
  const [string, number] = [text(dialect), integer(dialect)];
  return [
    `CREATE TABLE IF NOT EXISTS cluster_events (id ${string} PRIMARY KEY, seq ${number} UNIQUE, node_id ${string} NOT NULL, at_ms ${number} NOT NULL, nbf_ms ${number}, expire_at_ms ${number} NOT NULL, channel ${string} NOT NULL, data TEXT NOT NULL)${options(dialect)}`,
    `CREATE INDEX IF NOT EXISTS cluster_events_at ON cluster_events (at_ms)`,
    `CREATE INDEX IF NOT EXISTS cluster_events_nbf ON cluster_events (nbf_ms) WHERE seq IS NULL`,
    `CREATE INDEX IF NOT EXISTS cluster_events_expire_at ON cluster_events (expire_at_ms)`,
  ];
};

/** The table that remembers which migrations ran. */
export const createMeta = (dialect: Dialect): string[] => [
  `CREATE TABLE IF NOT EXISTS schema_meta (subsystem ${text(dialect)} NOT NULL, name ${text(dialect)} NOT NULL, state TEXT NOT NULL, at_ms ${integer(dialect)} NOT NULL, PRIMARY KEY (subsystem, name))${options(dialect)}`,
];

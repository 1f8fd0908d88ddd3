/** The drivers that need Node. */
export { PostgresDriver, type PostgresOptions } from "./postgres.ts";
export { SqliteDriver } from "./sqlite.ts";

export type { Queries, SqlDriver, SqlRow, SqlValue, Violation } from "./driver.ts";
export { SqlCounters } from "./counters.ts";
export { SqlEventLog } from "./eventlog.ts";
export { Migrations, type Migration, type MigrationName, type MigrationState } from "./migrations.ts";
export { PostgresDriver, type PostgresOptions } from "./postgres.ts";
export { SqliteDriver } from "./sqlite.ts";
export { SqlStore, type SqlStoreOptions } from "./store.ts";

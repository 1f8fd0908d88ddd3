/** A store and its event log in any database that speaks SQL. Drivers that need Node stand in `node.ts`. */
export { DatabaseLocked } from "./driver.ts";
export type { Queries, SqlDriver, SqlRow, SqlValue, Violation } from "./driver.ts";
export { SqlCounters } from "./counters.ts";
export { SqlEventLog } from "./eventlog.ts";
export { Migrations, type Migration, type MigrationName, type MigrationState } from "./migrations.ts";
export { ObjectDriver, type ObjectStorage } from "./object.ts";
export { SqlReader } from "./reader.ts";
export { SqlStore, type SqlStoreOptions } from "./store.ts";

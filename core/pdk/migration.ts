import type { StoreTransaction } from "../ports/store.ts";

/**
 * A change of stored rows that a version of a plugin needs. `sallyport migrations up` and `finish` run it once on a
 * database, and tell every node of the rows that it wrote. A new database runs it too, without rows.
 */
export interface PluginMigration {
  /** They run in the order of the list: `001_renamed_option`. */
  readonly name: string;
  /** While nodes with the version before still run: what they read stays. Does no harm when it ran before. */
  up?(rows: StoreTransaction): Promise<void>;
  /** When none of them runs any more. */
  finish?(rows: StoreTransaction): Promise<void>;
}

import type { Row } from "./directory.ts";

/**
 * Rows that the data path itself makes: tokens, sessions. When a write settles, every worker of this node finds it in its
 * directory; other nodes are told by the same event as of any other write.
 */
export interface Records {
  /** False where no write succeeds: without a database. */
  readonly isWritable: boolean;
  /**
   * The row as the store has it now, whatever this worker was told so far.
   *
   * @param field A unique field of the entity, or `id`. A row whose time is over is not found.
   */
  find(entity: string, field: string, value: string): Promise<Row | undefined>;
  /** Every row of an entity that `find` finds. */
  list(entity: string): Promise<readonly Row[]>;
  /**
   * Adds a row. Absent fields are filled in as the schema says.
   *
   * @param values With `ttl`, seconds until the row is gone, where the entity has that; 0 for never.
   * @throws Error when the values are refused, or nothing can be written here.
   */
  insert(entity: string, values: Readonly<Record<string, unknown>>): Promise<Row>;
  /** Merges changes into a row. @returns Undefined when it is gone. @throws Error as `insert` does. */
  update(entity: string, id: string, changes: Readonly<Record<string, unknown>>): Promise<Row | undefined>;
  /** @returns Whether the row was there: of several who remove it at once only one is told so. */
  remove(entity: string, id: string): Promise<boolean>;
}

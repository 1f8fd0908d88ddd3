/** A row as it is kept: JSON values by field. */
export type StoredValues = Readonly<Record<string, unknown>>;

/** What a store has to know about a kind of row. */
export interface Table {
  /** Letters, digits and underscores. */
  readonly name: string;
  /** The field with the text that identifies a row. */
  readonly primaryKey: string;
  /** Sets of fields whose values together no two rows share. One field that is null is shared by many. */
  readonly unique: readonly UniqueKey[];
  /** Fields `{id}` that refer to a row of another table, or are null. */
  readonly foreign: readonly ForeignKey[];
}

export interface UniqueKey {
  /** Letters, digits and underscores. */
  readonly name: string;
  readonly fields: readonly string[];
}

export interface ForeignKey {
  readonly field: string;
  readonly table: string;
}

export interface StoredRow {
  readonly values: StoredValues;
  /** Milliseconds since the Unix epoch from which on the row does not exist; null for never. */
  readonly expiresAtMs: number | null;
}

export interface PageQuery {
  /** Rows whose primary key is greater. */
  readonly after?: string | undefined;
  /** The most rows to return. */
  readonly limit: number;
  /** Rows whose foreign field refers to that id. */
  readonly reference?: { readonly field: string; readonly id: string };
  /** Rows that carry all, or any, of the tags. */
  readonly tags?: { readonly match: "all" | "any"; readonly values: readonly string[] };
}

/** That a row carries a tag. */
export interface Tagging {
  readonly tag: string;
  readonly table: string;
  readonly id: string;
}

export interface TaggingQuery {
  readonly tag?: string;
  /** Taggings beyond it, in the order of table, id, tag. */
  readonly after?: Tagging;
  readonly limit: number;
}

/** Reads. Rows whose time is over are not there. */
export interface StoreReader {
  /** The row with that primary key. */
  get(table: string, id: string): Promise<StoredRow | undefined>;
  /** The row with that value in a unique key of one field. */
  find(table: string, field: string, value: string): Promise<StoredRow | undefined>;
  /** Rows in the order of their primary keys, compared byte by byte. */
  page(table: string, query: PageQuery): Promise<readonly StoredRow[]>;
  /** Taggings in the order of table, id, tag. */
  taggings(query: TaggingQuery): Promise<readonly Tagging[]>;
}

/** Reads that see the transaction's own writes, and writes. */
export interface StoreTransaction extends StoreReader {
  /** @throws StoreConflict */
  insert(table: string, row: StoredRow): Promise<void>;
  /** Puts a row in the place of the one with its primary key. @throws StoreConflict */
  replace(table: string, row: StoredRow): Promise<void>;
  /** Deletes a row; nothing happens when it is not there. @throws StoreConflict while another refers to it. */
  remove(table: string, id: string): Promise<void>;
}

/**
 * Where entities are kept. Everything that a transaction did is there after a crash, or nothing. Each row that it wrote
 * or deleted is told once in the event log that stands beside the store, as a part of the transaction: no write without
 * its event, no event without its write. @see changeEvent
 */
export interface Store extends StoreReader {
  /**
   * Does several things at once or not at all. Transactions that write come one after the other.
   *
   * @param work May read and write; when it throws, nothing was written and the error comes out.
   */
  transaction<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T>;
  /** Deletes rows whose time is over, and tells it. @returns The number of rows deleted. */
  purge(): Promise<number>;
  /** Whether the database answers. */
  ping(): Promise<boolean>;
  /** Ends what the store holds open. Harmless when called again. */
  close(): Promise<void>;
}

export type ConflictKind = "primary" | "unique" | "foreign" | "restrict";

/** A write that would break a promise of the data. Nothing of its transaction remains. */
export class StoreConflict extends Error {
  readonly kind: ConflictKind;
  readonly table: string;
  /** The unique key, the foreign field, or for `restrict` the table that refers to the row. */
  readonly key: string;

  constructor(kind: ConflictKind, table: string, key: string, cause?: unknown) {
    super(`${kind} conflict in ${table}: ${key}`, { cause });
    this.name = "StoreConflict";
    this.kind = kind;
    this.table = table;
    this.key = key;
  }
}

/** A write to rows that only a declarative configuration changes. */
export class StoreReadOnly extends Error {
  constructor() {
    super("these rows can only be read");
    this.name = "StoreReadOnly";
  }
}

import type { Entities } from "../entities/index.ts";
import type { Store, StoreReader, StoreTransaction } from "../ports/store.ts";
import type { AutoSource } from "../schema/index.ts";

/** What reading entities takes. */
export interface Access {
  readonly entities: Entities;
  readonly auto: AutoSource;
  readonly rows: StoreReader;
}

/** What writing them takes: one transaction. */
export interface WriteAccess extends Access {
  readonly rows: StoreTransaction;
}

export interface DatabaseOptions {
  readonly store: Store;
  readonly entities: Entities;
  readonly auto: AutoSource;
  /** Answers reads whose answer may be some moments old; default: the store. Transactions never read it. */
  readonly reader?: StoreReader | undefined;
  /** Runs after a transaction that wrote, before its caller goes on: the node takes the change over. */
  readonly onCommitted?: () => Promise<void>;
}

/** Entities in a store. */
export class Database implements Access {
  readonly store: Store;
  readonly entities: Entities;
  readonly auto: AutoSource;
  readonly rows: StoreReader;
  private readonly onCommitted: (() => Promise<void>) | undefined;

  constructor({ store, entities, auto, reader, onCommitted }: DatabaseOptions) {
    this.store = store;
    this.rows = reader ?? store;
    this.entities = entities;
    this.auto = auto;
    this.onCommitted = onCommitted;
  }

  /** Writes in one transaction. When it settles, this node serves what was written. */
  async write<T>(work: (access: WriteAccess) => Promise<T>): Promise<T> {
    const { entities, auto } = this;
    const result = await this.store.transaction((rows) => work({ entities, auto, rows }));
    await this.onCommitted?.();
    return result;
  }
}

import {
  type Database,
  declaredRow,
  type Logger,
  type Row,
  type RowChange,
  type Tables,
} from "../core/index.ts";

/** Changes that are read at once. */
const batch = 1_000;

/** What takes changes over: the workers. */
export interface Subscriber {
  change(changes: readonly RowChange[]): Promise<void>;
  configure(tables: Tables): Promise<void>;
}

/** Keeps the workers of this node on what the store holds, whoever wrote it. */
export class Feed {
  private readonly database: Database;
  private readonly logger: Logger;
  private subscriber: Subscriber | undefined;
  private seq = 0;
  private running: Promise<void> | undefined;
  private next: Promise<void> | undefined;

  constructor(database: Database, logger: Logger) {
    this.database = database;
    this.logger = logger;
  }

  /** Reads everything. */
  async load(): Promise<Tables> {
    const { store, entities } = this.database;
    // First the number, then the rows: what is written meanwhile is read again as a change.
    const seq = await store.lastChange();
    const tables: Record<string, Record<string, Row>> = {};
    for (const { name, primaryKey, virtual, transient } of entities.all) {
      if (virtual === true || transient === true) continue;
      const table: Record<string, Row> = {};
      let after: string | undefined;
      while (true) {
        const rows = await store.page(name, { after, limit: batch });
        for (const row of rows) table[String(row.values[primaryKey])] = declaredRow(row);
        if (rows.length < batch) break;
        after = String(rows.at(-1)!.values[primaryKey]);
      }
      tables[name] = table;
    }
    this.seq = seq;
    return tables;
  }

  /** From now on changes go to `subscriber`. */
  start(subscriber: Subscriber): void {
    this.subscriber = subscriber;
  }

  /** Brings the workers to the store's state of now. Calls that come together share one pass. */
  sync(): Promise<void> {
    if (this.running === undefined) {
      this.running = this.pass().finally(() => (this.running = undefined));
      return this.running;
    }
    // The pass under way may have read before the caller wrote: another one follows, for all who wait.
    this.next ??= this.running.then(() => {
      this.next = undefined;
      return this.sync();
    });
    return this.next;
  }

  private async pass(): Promise<void> {
    const { subscriber } = this;
    if (subscriber === undefined) return;
    const { store } = this.database;
    while (true) {
      const changes = await store.changes(this.seq, batch);
      if (changes === undefined) {
        await this.apply(async () => subscriber.configure(await this.load()));
        return;
      }
      if (changes.length === 0) return;
      const seen = new Map(changes.map((change) => [`${change.table} ${change.id}`, change]));
      const rows = await Promise.all(
        [...seen.values()].map(async ({ table, id }): Promise<RowChange> => {
          const row = await store.get(table, id);
          return { table, id, row: row && declaredRow(row) };
        }),
      );
      this.seq = changes.at(-1)!.seq;
      await this.apply(() => subscriber.change(rows));
    }
  }

  /** A change that the workers refuse is told, and does not hold up those after it. */
  private async apply(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.log("error", "the workers refuse a change of the configuration", { error });
    }
  }
}

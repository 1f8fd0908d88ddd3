import {
  type Change,
  type Database,
  declaredRow,
  type Logger,
  readChange,
  readTables,
  type LoggedEvent,
  type RowChange,
  type Tables,
} from "../core/index.ts";

/** Rows that are handed over at once. */
const batch = 1_000;

/** What takes changes over: the workers. */
export interface Subscriber {
  change(changes: readonly RowChange[]): Promise<void>;
  configure(tables: Tables): Promise<void>;
}

/**
 * Keeps the workers of this node on what the store holds, whoever wrote it. It is told which rows changed, and reads
 * them: however often and in whatever order it is told, the workers end on the newest. What can't be read now is
 * remembered.
 */
export class Feed {
  private readonly database: Database;
  private readonly logger: Logger;
  private subscriber: Subscriber | undefined;
  private dirty = new Map<string, Change>();
  private isStale = false;
  private turn: Promise<void> = Promise.resolve();

  constructor(database: Database, logger: Logger) {
    this.database = database;
    this.logger = logger;
  }

  /** Reads everything. Changes that events told before it are in. */
  load(): Promise<Tables> {
    return readTables(this.database);
  }

  /** From now on changes go to `subscriber`. */
  start(subscriber: Subscriber): void {
    this.subscriber = subscriber;
  }

  /** Rows changed: brings the workers to their state of now. @throws What the store throws; the rows are kept in mind. */
  take(events: readonly LoggedEvent[]): Promise<void> {
    for (const event of events) {
      const change = readChange(event);
      // Rows that no configuration holds (sessions, codes) are read where they are kept.
      if (this.database.entities.get(change.table)?.transient === true) continue;
      this.dirty.set(event.data, change);
    }
    return this.flush();
  }

  /** Anything may have changed: everything is read again. @throws What the store throws; then the next flush does it. */
  reload(): Promise<void> {
    this.isStale = true;
    return this.flush();
  }

  /** The same, but not kept in mind when it fails. */
  refresh(): Promise<void> {
    return this.inTurn(() => this.readAll());
  }

  /** Does what is kept in mind; nothing otherwise. */
  flush(): Promise<void> {
    return this.inTurn(() => this.pass());
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private async readAll(): Promise<void> {
    const { subscriber } = this;
    if (subscriber === undefined) return;
    // What is told from here on is read once more.
    const told = this.dirty;
    this.dirty = new Map();
    const tables = await this.load().catch((error: unknown) => {
      this.dirty = new Map([...told, ...this.dirty]);
      throw error;
    });
    this.isStale = false;
    await this.apply(() => subscriber.configure(tables));
  }

  private async pass(): Promise<void> {
    const { subscriber } = this;
    if (subscriber === undefined) return;
    if (this.isStale) await this.readAll();
    while (this.dirty.size > 0) {
      const some = [...this.dirty].slice(0, batch);
      // Taken out before they are read: what is told meanwhile is read once more.
      for (const [key] of some) this.dirty.delete(key);
      let rows: RowChange[];
      try {
        rows = await Promise.all(some.map(([, change]) => this.read(change)));
      } catch (error) {
        this.dirty = new Map([...some, ...this.dirty]);
        throw error;
      }
      await this.hand(rows, subscriber);
    }
  }

  /** Where together they are refused, each comes alone: one that is wrong holds up no other. */
  private async hand(rows: readonly RowChange[], subscriber: Subscriber): Promise<void> {
    if (rows.length <= 1) return this.apply(() => subscriber.change(rows));
    try {
      await subscriber.change(rows);
    } catch {
      for (const row of rows) await this.apply(() => subscriber.change([row]));
    }
  }

  private async read({ table, id }: Change): Promise<RowChange> {
    const row = await this.database.store.get(table, id);
    return { table, id, row: row && declaredRow(row) };
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

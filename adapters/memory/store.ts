import {
  type Change,
  changeEvent,
  type Clock,
  type EventLog,
  keepEventsMs,
  type PageQuery,
  referredId,
  type Store,
  StoreConflict,
  type StoredRow,
  type StoreTransaction,
  type Table,
  type Tagging,
  type TaggingQuery,
  tagsOf,
  uniqueText,
} from "../../core/index.ts";

type Rows = ReadonlyMap<string, StoredRow>;

/** What a store holds at one moment; never changed, but replaced. */
interface State {
  readonly tables: ReadonlyMap<string, Rows>;
}

const copy = (row: StoredRow): StoredRow => ({
  values: JSON.parse(JSON.stringify(row.values)) as StoredRow["values"],
  expiresAtMs: row.expiresAtMs,
});

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Reads and writes of one state. */
class MemoryTransaction implements StoreTransaction {
  state: State;
  readonly changes: Change[] = [];
  private readonly definitions: ReadonlyMap<string, Table>;
  private readonly clock: Clock;

  constructor(state: State, definitions: ReadonlyMap<string, Table>, clock: Clock) {
    this.state = state;
    this.definitions = definitions;
    this.clock = clock;
  }

  private table(name: string): Table {
    const table = this.definitions.get(name);
    if (table === undefined) throw new TypeError(`there is no table ${name}`);
    return table;
  }

  private rows(name: string): StoredRow[] {
    const nowMs = this.clock.nowMs();
    return [...(this.state.tables.get(name)?.values() ?? [])].filter(
      ({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > nowMs,
    );
  }

  private id(name: string, { values }: StoredRow): string {
    return String(values[this.table(name).primaryKey]);
  }

  async get(table: string, id: string): Promise<StoredRow | undefined> {
    const row = this.rows(table).find((row) => this.id(table, row) === id);
    return row && copy(row);
  }

  async find(table: string, name: string, value: string): Promise<StoredRow | undefined> {
    const { primaryKey, unique } = this.table(table);
    if (name === primaryKey) return this.get(table, value);
    const key = unique.find((key) => key.name === name);
    if (key === undefined) throw new TypeError(`${table} has no key ${name}`);
    const row = this.rows(table).find(({ values }) => uniqueText(key, values) === value);
    return row && copy(row);
  }

  async page(table: string, query: PageQuery): Promise<readonly StoredRow[]> {
    const { after, reference, tags, limit } = query;
    return this.rows(table)
      .filter((row) => after === undefined || this.id(table, row) > after)
      .filter(({ values }) => reference === undefined || referredId(values, reference.field) === reference.id)
      .filter(({ values }) => {
        if (tags === undefined) return true;
        const carried = tagsOf(values);
        const isCarried = (tag: string): boolean => carried.includes(tag);
        return tags.match === "all" ? tags.values.every(isCarried) : tags.values.some(isCarried);
      })
      .sort((a, b) => byText(this.id(table, a), this.id(table, b)))
      .slice(0, limit)
      .map(copy);
  }

  async taggings({ tag, after, limit }: TaggingQuery): Promise<readonly Tagging[]> {
    const order = (a: Tagging, b: Tagging): number =>
      byText(a.table, b.table) || byText(a.id, b.id) || byText(a.tag, b.tag);
    return [...this.definitions.keys()]
      .flatMap((table) =>
        this.rows(table).flatMap((row) =>
          tagsOf(row.values).map((tag) => ({ tag, table, id: this.id(table, row) })),
        ),
      )
      .filter((tagging) => tag === undefined || tagging.tag === tag)
      .filter((tagging) => after === undefined || order(tagging, after) > 0)
      .sort(order)
      .slice(0, limit);
  }

  async insert(table: string, row: StoredRow): Promise<void> {
    this.check(table, row, true);
    this.put(table, this.id(table, row), copy(row));
  }

  async replace(table: string, row: StoredRow): Promise<void> {
    this.check(table, row, false);
    this.put(table, this.id(table, row), copy(row));
  }

  async remove(table: string, id: string): Promise<void> {
    for (const other of this.definitions.values()) {
      for (const { field, table: parent } of other.foreign) {
        if (parent !== table) continue;
        if (this.rows(other.name).some(({ values }) => referredId(values, field) === id))
          throw new StoreConflict("restrict", table, other.name);
      }
    }
    this.put(table, id, undefined);
  }

  private check(name: string, row: StoredRow, isNew: boolean): void {
    const table = this.table(name);
    const id = this.id(name, row);
    const rows = this.rows(name);
    if (isNew && rows.some((other) => this.id(name, other) === id))
      throw new StoreConflict("primary", name, table.primaryKey);
    for (const key of table.unique) {
      const text = uniqueText(key, row.values);
      if (text === null) continue;
      const isTaken = rows.some(
        (other) => this.id(name, other) !== id && uniqueText(key, other.values) === text,
      );
      if (isTaken) throw new StoreConflict("unique", name, key.name);
    }
    for (const { field, table: parent } of table.foreign) {
      const referred = referredId(row.values, field);
      if (referred !== null && !this.rows(parent).some((other) => this.id(parent, other) === referred))
        throw new StoreConflict("foreign", name, field);
    }
  }

  private put(table: string, id: string, row: StoredRow | undefined): void {
    const rows = new Map(this.state.tables.get(table));
    if (row === undefined) rows.delete(id);
    else rows.set(id, row);
    this.state = { tables: new Map(this.state.tables).set(table, rows) };
    if (!this.changes.some((change) => change.table === table && change.id === id))
      this.changes.push({ table, id });
  }

  /** Takes away what is over. */
  purge(): number {
    const nowMs = this.clock.nowMs();
    let count = 0;
    for (const [table, rows] of this.state.tables) {
      for (const [id, { expiresAtMs }] of rows) {
        if (expiresAtMs === null || expiresAtMs > nowMs) continue;
        this.put(table, id, undefined);
        count++;
      }
    }
    return count;
  }
}

/** A store in memory: gone with the process. Every look is linear: for tests and small things. */
export class MemoryStore implements Store {
  private readonly definitions: ReadonlyMap<string, Table>;
  private readonly clock: Clock;
  private readonly events: EventLog;
  private state: State = { tables: new Map() };
  private count = 0;
  private turn: Promise<unknown> = Promise.resolve();

  /** @param events Gets the changes. */
  constructor(tables: readonly Table[], clock: Clock, events: EventLog) {
    this.definitions = new Map(tables.map((table) => [table.name, table]));
    this.clock = clock;
    this.events = events;
  }

  private look(): MemoryTransaction {
    return new MemoryTransaction(this.state, this.definitions, this.clock);
  }

  get(table: string, id: string): Promise<StoredRow | undefined> {
    return this.look().get(table, id);
  }

  find(table: string, key: string, value: string): Promise<StoredRow | undefined> {
    return this.look().find(table, key, value);
  }

  page(table: string, query: PageQuery): Promise<readonly StoredRow[]> {
    return this.look().page(table, query);
  }

  taggings(query: TaggingQuery): Promise<readonly Tagging[]> {
    return this.look().taggings(query);
  }

  transaction<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T> {
    const result = this.turn.then(async () => {
      const transaction = this.look();
      const answer = await work(transaction);
      this.state = transaction.state;
      await this.events.append(
        transaction.changes.map((change) =>
          changeEvent(change, { id: String(++this.count), node: "memory", keepMs: keepEventsMs }),
        ),
      );
      return answer;
    });
    this.turn = result.catch(() => undefined);
    return result;
  }

  purge(): Promise<number> {
    return this.transaction((transaction) => Promise.resolve((transaction as MemoryTransaction).purge()));
  }

  async ping(): Promise<boolean> {
    return true;
  }

  async close(): Promise<void> {}
}

import type { Entities } from "../entities/index.ts";
import type { PageQuery, Store, StoredRow, StoreTransaction, Tagging, TaggingQuery } from "../ports/store.ts";
import type { Clock } from "../ports/clock.ts";
import { StoreReadOnly } from "./conflict.ts";
import { storedRow } from "./lifetime.ts";
import { type Tables } from "./rows.ts";
import { tablesOf, tagsOf, uniqueText, referredId } from "./table.ts";

const refuse = (): Promise<never> => Promise.reject(new StoreReadOnly());

/** The rows of a declarative configuration as a store: they can be read, and only be replaced as a whole. */
export class DeclaredStore implements Store, StoreTransaction {
  private readonly tables: ReturnType<typeof tablesOf>;
  private readonly clock: Clock;
  private current: Tables = {};
  private sorted = new Map<string, readonly StoredRow[]>();

  constructor(entities: Entities, clock: Clock) {
    this.tables = tablesOf(entities);
    this.clock = clock;
  }

  /** Puts another configuration in the place of the one before. */
  replaceAll(tables: Tables): void {
    this.current = tables;
    this.sorted = new Map();
  }

  private rows(table: string): readonly StoredRow[] {
    let rows = this.sorted.get(table);
    if (rows === undefined) {
      const found = this.current[table] ?? {};
      rows = Object.keys(found)
        .sort()
        .map((id) => storedRow(found[id]!));
      this.sorted.set(table, rows);
    }
    return rows.filter((row) => this.isThere(row));
  }

  private isThere({ expiresAtMs }: StoredRow): boolean {
    return expiresAtMs === null || expiresAtMs > this.clock.nowMs();
  }

  private table(name: string) {
    return this.tables.find((table) => table.name === name)!;
  }

  async get(table: string, id: string): Promise<StoredRow | undefined> {
    const rows = this.current[table];
    if (rows === undefined || !Object.hasOwn(rows, id)) return undefined;
    const row = storedRow(rows[id]!);
    return this.isThere(row) ? row : undefined;
  }

  async find(table: string, name: string, value: string): Promise<StoredRow | undefined> {
    const key = this.table(table).unique.find((key) => key.name === name);
    if (key === undefined) return this.get(table, value);
    return this.rows(table).find(({ values }) => uniqueText(key, values) === value);
  }

  async page(table: string, { after, limit, reference, tags }: PageQuery): Promise<readonly StoredRow[]> {
    const { primaryKey } = this.table(table);
    const found: StoredRow[] = [];
    for (const row of this.rows(table)) {
      const { values } = row;
      if (after !== undefined && String(values[primaryKey]) <= after) continue;
      if (reference !== undefined && referredId(values, reference.field) !== reference.id) continue;
      if (tags !== undefined) {
        const carried = tagsOf(values);
        const isCarried = (tag: string): boolean => carried.includes(tag);
        if (!(tags.match === "all" ? tags.values.every(isCarried) : tags.values.some(isCarried))) continue;
      }
      found.push(row);
      if (found.length === limit) break;
    }
    return found;
  }

  async taggings({ tag, after, limit }: TaggingQuery): Promise<readonly Tagging[]> {
    const key = ({ table, id, tag }: Tagging): string => `${table}\0${id}\0${tag}`;
    return this.tables
      .flatMap(({ name, primaryKey }) =>
        this.rows(name).flatMap(({ values }) =>
          tagsOf(values).map((tag) => ({ tag, table: name, id: String(values[primaryKey]) })),
        ),
      )
      .filter(
        (tagging) =>
          (tag === undefined || tagging.tag === tag) && (after === undefined || key(tagging) > key(after)),
      )
      .sort((a, b) => (key(a) < key(b) ? -1 : 1))
      .slice(0, limit);
  }

  transaction<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T> {
    return work(this);
  }

  insert = refuse;
  replace = refuse;
  remove = refuse;

  async purge(): Promise<number> {
    return 0;
  }

  async ping(): Promise<boolean> {
    return true;
  }

  async close(): Promise<void> {}
}

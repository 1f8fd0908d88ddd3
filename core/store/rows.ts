import type { Directory, Row } from "../ports/directory.ts";
import type { Clock } from "../ports/clock.ts";

/** Rows by the name of their entity (`routes`, `consumers`…), each by id. */
export type Tables = Readonly<Record<string, Readonly<Record<string, Row>>>>;

/** A row that came, changed or went. */
export interface RowChange {
  readonly table: string;
  readonly id: string;
  /** Undefined when it went. */
  readonly row: Row | undefined;
}

type OwnTables = Record<string, Record<string, Row>>;

/** Tables with changes; those that were handed in stay as they are, and unchanged ones are shared. */
export const changedTables = (tables: Tables, changes: readonly RowChange[]): Tables => {
  const changed: OwnTables = { ...tables };
  for (const name of new Set(changes.map(({ table }) => table))) changed[name] = { ...changed[name] };
  for (const { table, id, row } of changes) {
    if (row === undefined) delete changed[table]![id];
    else changed[table]![id] = row;
  }
  return changed;
};

/** Takes changes into the tables that are handed in, at a cost that does not depend on the number of rows. */
export const applyChanges = (tables: Tables, changes: readonly RowChange[]): void => {
  const own = tables as OwnTables;
  for (const { table, id, row } of changes) {
    own[table] ??= {};
    if (row === undefined) delete own[table][id];
    else own[table][id] = row;
  }
};

/** The id behind a reference; any other value stands for itself. */
const referredId = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "id" in value ? value.id : value;

/** Moves a row to the group of its new value. */
const regroup = (
  groups: Map<unknown, Row[]>,
  field: string,
  before: Row | undefined,
  row: Row | undefined,
): void => {
  if (before !== undefined) {
    const value = referredId(before[field]);
    const rest = (groups.get(value) ?? []).filter((other) => other !== before);
    if (rest.length > 0) groups.set(value, rest);
    else groups.delete(value);
  }
  if (row === undefined) return;
  const value = referredId(row[field]);
  groups.set(value, [...(groups.get(value) ?? []), row]);
};

/** A configuration in memory, with an index for each field that was asked for. */
export class Rows implements Directory {
  private readonly tables: Tables;
  private readonly clock: Clock;
  private readonly indexes = new Map<string, Map<unknown, Row>>();
  private readonly groups = new Map<string, Map<unknown, Row[]>>();

  constructor(tables: Tables, clock: Clock) {
    this.tables = tables;
    this.clock = clock;
  }

  all(entity: string): readonly Row[] {
    return Object.values(this.tables[entity] ?? {});
  }

  byId(entity: string, id: string): Row | undefined {
    const rows = this.tables[entity];
    return rows !== undefined && Object.hasOwn(rows, id) ? rows[id] : undefined;
  }

  find(entity: string, field: string, value: string): Row | undefined {
    const row = field === "id" ? this.byId(entity, value) : this.index(entity, field).get(value);
    return row === undefined || this.isExpired(row) ? undefined : row;
  }

  /** The same rows with changes; these ones stay as they are. Tables without a change are shared. */
  with(changes: readonly RowChange[]): Rows {
    const tables = changedTables(this.tables, changes);
    const rows = new Rows(tables, this.clock);
    for (const [key, index] of this.indexes) {
      const [table] = key.split(".", 1);
      if (tables[table!] === this.tables[table!]) rows.indexes.set(key, index);
    }
    for (const [key, groups] of this.groups) {
      const [table] = key.split(".", 1);
      if (tables[table!] === this.tables[table!]) rows.groups.set(key, groups);
    }
    return rows;
  }

  /**
   * Takes changes in, at a cost that does not depend on the number of rows: for rows that only `find` reads. The tables
   * that were handed in change with it.
   */
  apply(changes: readonly RowChange[]): void {
    for (const change of changes) {
      const { table, id, row } = change;
      const before = this.byId(table, id);
      applyChanges(this.tables, [change]);
      for (const [key, index] of this.indexes) {
        if (!key.startsWith(`${table}.`)) continue;
        const field = key.slice(table.length + 1);
        if (before !== undefined && index.get(before[field]) === before) index.delete(before[field]);
        if (row !== undefined) index.set(row[field], row);
      }
      for (const [key, groups] of this.groups)
        if (key.startsWith(`${table}.`)) regroup(groups, key.slice(table.length + 1), before, row);
    }
  }

  list(entity: string, field: string, value: string): readonly Row[] {
    const rows = this.group(entity, field).get(value) ?? [];
    return rows.some((row) => this.isExpired(row)) ? rows.filter((row) => !this.isExpired(row)) : rows;
  }

  private group(entity: string, field: string): Map<unknown, Row[]> {
    const key = `${entity}.${field}`;
    let groups = this.groups.get(key);
    if (groups === undefined) {
      groups = new Map();
      for (const row of this.all(entity)) {
        const value = referredId(row[field]);
        const rows = groups.get(value);
        if (rows === undefined) groups.set(value, [row]);
        else rows.push(row);
      }
      this.groups.set(key, groups);
    }
    return groups;
  }

  private index(entity: string, field: string): Map<unknown, Row> {
    const key = `${entity}.${field}`;
    let index = this.indexes.get(key);
    if (index === undefined) {
      index = new Map(this.all(entity).map((row) => [row[field], row]));
      this.indexes.set(key, index);
    }
    return index;
  }

  /** Rows with a `ttl` (seconds since their creation) vanish when it is over. */
  private isExpired(row: Row): boolean {
    const { ttl, created_at: createdAt } = row;
    if (typeof ttl !== "number" || typeof createdAt !== "number") return false;
    return this.clock.nowMs() >= (createdAt + ttl) * 1000;
  }
}

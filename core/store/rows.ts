import type { Directory, Row } from "../ports/directory.ts";
import type { Clock } from "../ports/clock.ts";

/** Rows by the name of their entity (`routes`, `consumers`…), each by id. */
export type Tables = Readonly<Record<string, Readonly<Record<string, Row>>>>;

/** The id behind a reference; any other value stands for itself. */
const referredId = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "id" in value ? value.id : value;

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

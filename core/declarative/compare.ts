import type { Entities, Entity, Row } from "../entities/index.ts";
import type { Tables } from "../store/index.ts";
import { canonical } from "../schema/canonical.ts";
import { isObject } from "../schema/tree.ts";

/** A row that two configurations don't share. */
export interface Difference {
  readonly kind: "create" | "update" | "delete";
  readonly entity: string;
  /** Its name where it has one, else its id. */
  readonly name: string;
  /** The fields that differ, sorted; empty unless it is an update. */
  readonly fields: readonly string[];
}

/** What no author decides. */
const ignored: ReadonlySet<string> = new Set(["id", "created_at", "updated_at", "ws_id"]);

/** A value as text; null is no value, and sets have no order. */
const textOf = (value: unknown, isSet: boolean): string =>
  isSet && Array.isArray(value)
    ? value
        .map(canonical)
        .toSorted((a, b) => (a < b ? -1 : 1))
        .join()
    : canonical(value ?? null);

/** Compares the configuration that is with the one that is wanted. */
class Comparison {
  private readonly current: Tables;
  private readonly entities: Entities;
  /** Ids of rows that are wanted, as the current configuration has them. */
  private readonly known = new Map<string, string>();

  constructor(current: Tables, entities: Entities) {
    this.current = current;
    this.entities = entities;
  }

  /** The row with references as the current configuration has them. */
  private translated(entity: Entity, row: Row): Row {
    const changed: Record<string, unknown> = {};
    for (const { field } of this.entities.parentsOf(entity.name)) {
      const value = row[field];
      const id = isObject(value) ? this.known.get(String(value["id"])) : undefined;
      if (id !== undefined) changed[field] = { id };
    }
    return { ...row, ...changed };
  }

  /** The text that tells a row among its kind; undefined when only its id does. */
  private key(entity: Entity, row: Row): string | undefined {
    const fields = entity.cacheKey ?? (entity.endpointKey === undefined ? [] : [entity.endpointKey]);
    const parts = fields.map((field) => {
      const value = row[field];
      return isObject(value) ? value["id"] : (value ?? null);
    });
    return parts.every((part) => part === null) ? undefined : JSON.stringify(parts);
  }

  private differing(entity: Entity, before: Row, after: Row): string[] {
    const { fields } = entity.record.record;
    return [...fields.keys()]
      .filter((name) => !ignored.has(name) && fields.get(name)!.rules.transient !== true)
      .filter((name) => {
        const isSet = fields.get(name)!.type === "set";
        return textOf(before[name], isSet) !== textOf(after[name], isSet);
      })
      .sort();
  }

  private nameOf({ endpointKey, primaryKey, name: table }: Entity, row: Row): string {
    const name = endpointKey === undefined ? undefined : row[endpointKey];
    if (typeof name === "string") return name;
    return table === "plugins" ? String(row["name"]) : String(row[primaryKey]);
  }

  of(entity: Entity, wanted: Readonly<Record<string, Row>>): Difference[] {
    const table = this.current[entity.name] ?? {};
    const keys = new Map(Object.entries(table).map(([id, row]) => [this.key(entity, row) ?? id, id]));
    const met = new Set<string>();
    const found: Difference[] = [];
    for (const [id, row] of Object.entries(wanted)) {
      const after = this.translated(entity, row);
      const own = Object.hasOwn(table, id) ? id : keys.get(this.key(entity, after) ?? id);
      const told = { entity: entity.name, name: this.nameOf(entity, row) };
      if (own === undefined) {
        found.push({ ...told, kind: "create", fields: [] });
        continue;
      }
      this.known.set(id, own);
      met.add(own);
      const fields = this.differing(entity, table[own]!, after);
      if (fields.length > 0) found.push({ ...told, kind: "update", fields });
    }
    for (const [id, row] of Object.entries(table)) {
      if (met.has(id)) continue;
      found.push({ kind: "delete", entity: entity.name, name: this.nameOf(entity, row), fields: [] });
    }
    return found;
  }
}

/**
 * What leads from one configuration to another, parents first. A row is the same in both when its id is, or else when
 * the names are that tell it among its kind.
 */
export const compareTables = (current: Tables, wanted: Tables, entities: Entities): Difference[] => {
  const comparison = new Comparison(current, entities);
  return entities.all
    .filter(({ name, virtual, transient }) => name !== "workspaces" && virtual !== true && transient !== true)
    .flatMap((entity) => comparison.of(entity, wanted[entity.name] ?? {}));
};

import { type Entities, type Entity, type Row, uniqueFields } from "../entities/index.ts";
import type { ErrorFields, ErrorTree } from "../schema/index.ts";
import { isObject, own, put } from "../schema/tree.ts";
import { walk } from "./entry.ts";
import type { Entry } from "./entry.ts";

/** Rows by id, and by the value of a unique field. */
interface Index {
  readonly byId: Map<string, Entry>;
  readonly byKey: Map<string, Entry>;
  readonly byUnique: Map<string, Map<string, Entry>>;
}

const violation = (entry: Entry, field: string, value: string): string =>
  `uniqueness violation: '${entry.entity.name}' entity with ${field} set to '${value}' already declared`;

/** The list of errors of an entity, at the top of the document or inside an entry. */
function listIn(errors: ErrorFields, name: string): ErrorTree & object {
  const list = own(errors, name);
  if (typeof list === "object") return list;
  const made: ErrorTree[] = [];
  put(errors, name, made);
  return made;
}

function setAt(list: ErrorTree & object, index: number, error: ErrorTree): void {
  if (!Array.isArray(list)) return put(list, String(index + 1), error);
  while (list.length < index) list.push(null);
  list[index] = error;
}

/** Where the errors of an entry's own list stand. */
function homeOf(errors: ErrorFields, entry: Entry): ErrorTree & object {
  if (!entry.parent) return listIn(errors, entry.entity.name);
  const home = homeOf(errors, entry.parent);
  const slot = Array.isArray(home) ? home[entry.parent.index] : own(home, String(entry.parent.index + 1));
  const fields: ErrorFields = isObject(slot) ? slot : {};
  setAt(home, entry.parent.index, fields);
  return listIn(fields, entry.entity.name);
}

/** The name under which an entry's reference errors stand. */
const nameOf = (entry: Entry): string => {
  const key = entry.entity.endpointKey;
  const value = key === undefined ? undefined : entry.row![key];
  return typeof value === "string" ? value : entry.id;
};

export class Resolver {
  private readonly entities: Entities;
  private readonly indexes = new Map<string, Index>();
  private readonly unique = new Map<Entity, readonly string[]>();
  readonly errors: ErrorFields = {};

  constructor(entities: Entities) {
    this.entities = entities;
  }

  private indexOf(entity: string): Index {
    let index = this.indexes.get(entity);
    if (!index)
      this.indexes.set(entity, (index = { byId: new Map(), byKey: new Map(), byUnique: new Map() }));
    return index;
  }

  /** Notes every entry; what stands there twice is an error. */
  register(entries: readonly Entry[]): void {
    for (const entry of walk(entries)) {
      const { entity } = entry;
      const index = this.indexOf(entity.name);
      const key = this.uniqueKeyOf(entry);
      if (key !== undefined && index.byKey.has(key)) {
        setAt(listIn(this.errors, entity.name), entry.index, violation(entry, entity.endpointKey!, key));
        continue;
      }
      if (key !== undefined) index.byKey.set(key, entry);
      if (index.byId.has(entry.id)) {
        setAt(homeOf(this.errors, entry), entry.index, violation(entry, "primary key", entry.id));
        continue;
      }
      index.byId.set(entry.id, entry);
      this.registerUnique(entry, index);
    }
  }

  private uniqueKeyOf({ entity, row }: Entry): string | undefined {
    const name = entity.endpointKey;
    if (name === undefined || !entity.record.record.fields.get(name)!.rules.unique) return undefined;
    const value = row![name];
    return typeof value === "string" ? value : undefined;
  }

  private uniqueFieldsOf(entity: Entity): readonly string[] {
    let names = this.unique.get(entity);
    if (names === undefined) {
      names = uniqueFields(entity).filter((name) => name !== entity.endpointKey);
      this.unique.set(entity, names);
    }
    return names;
  }

  /** Unique fields beside the endpoint key. */
  private registerUnique(entry: Entry, { byUnique }: Index): void {
    const { entity } = entry;
    for (const name of this.uniqueFieldsOf(entity)) {
      const value = entry.row![name];
      if (typeof value !== "string") continue;
      let seen = byUnique.get(name);
      if (!seen) byUnique.set(name, (seen = new Map()));
      if (seen.has(value)) {
        const list = listIn(this.errors, entity.name);
        const named: ErrorFields = Array.isArray(list) ? {} : list;
        if (Array.isArray(list)) {
          for (const [i, error] of list.entries()) if (error !== null) put(named, String(i + 1), error);
          put(this.errors, entity.name, named);
        }
        put(named, nameOf(entry), violation(entry, name, value));
      } else seen.set(value, entry);
    }
  }

  /** Replaces names in references by ids. A reference to nothing is an error. */
  link(entries: readonly Entry[]): void {
    for (const entry of walk(entries)) {
      for (const { field, parent } of this.entities.parentsOf(entry.entity.name)) {
        const value = entry.relation?.field === field ? entry.parent!.id : own(entry.given, field);
        if (value === undefined || value === null) continue;
        const found = this.find(parent, value);
        if (found) entry.row![field] = { id: found.id };
        else this.unresolved(entry, field, parent, value);
      }
    }
  }

  private find(entity: string, value: unknown): Entry | undefined {
    const index = this.indexOf(entity);
    if (typeof value === "string") return index.byKey.get(value) ?? index.byId.get(value);
    const id = isObject(value) ? own(value, "id") : undefined;
    return typeof id === "string" ? index.byId.get(id) : undefined;
  }

  private unresolved(entry: Entry, field: string, parent: string, value: unknown): void {
    const told = typeof value === "string" ? value : JSON.stringify(value);
    const message = `invalid reference '${field}: ${told}' (no such entry in '${parent}')`;
    const { name } = entry.entity;
    const here = own(this.errors, name);
    const named: ErrorFields = isObject(here) ? here : {};
    if (Array.isArray(here))
      for (const [i, error] of here.entries()) if (error !== null) put(named, String(i + 1), error);
    const list = own(named, nameOf(entry));
    if (Array.isArray(list)) list.push(message);
    else put(named, nameOf(entry), [message]);
    put(this.errors, name, named);
  }

  /** The rows by entity and id. */
  rows(): Record<string, Record<string, Row>> {
    const rows = Object.create(null) as Record<string, Record<string, Row>>;
    for (const [name, { byId }] of this.indexes) {
      if (byId.size === 0) continue;
      const table = Object.create(null) as Record<string, Row>;
      for (const [id, entry] of byId) table[id] = entry.row!;
      rows[name] = table;
    }
    return rows;
  }
}

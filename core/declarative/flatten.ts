import type { Entities, Entity } from "../entities/index.ts";
import type { ErrorFields, ErrorTree, Values } from "../schema/index.ts";
import { isUuid } from "../schema/rule.ts";
import { isObject, own, put } from "../schema/tree.ts";
import { nestable } from "./entry.ts";
import type { Entry } from "./entry.ts";
import { configError } from "./error.ts";
import type { ConfigError } from "./error.ts";

/** All problems of one row, wherever it stood in the document. */
export interface FlatError {
  /** The entity's name in the singular. */
  readonly entity_type: string;
  readonly entity_id?: string;
  readonly entity_name?: string;
  readonly entity_tags?: readonly string[];
  /** The row as written, without child rows, with the reference that nesting stands for. */
  readonly entity: Values;
  readonly errors: readonly (
    | { readonly type: "field"; readonly field: string; readonly message: string }
    | { readonly type: "entity"; readonly message: string }
  )[];
}

type Problem = FlatError["errors"][number];

/** Problems of fields with their dotted paths (list positions from 1), those of the whole row without one. */
function collect(error: ErrorTree, path: string, problems: Problem[]): void {
  if (typeof error === "string") {
    problems.push(
      path === "" ? { type: "entity", message: error } : { type: "field", field: path, message: error },
    );
    return;
  }
  const entries = Array.isArray(error)
    ? error.map((part, i): [string, ErrorTree | null] => [String(i + 1), part])
    : Object.entries(error);
  for (const [name, part] of entries) {
    if (part === null) continue;
    if (name === "@entity" && Array.isArray(part)) {
      for (const text of part) if (text !== null) collect(text, path, problems);
    } else collect(part, path === "" ? name : `${path}.${name}`, problems);
  }
}

const text = (value: unknown): value is string => typeof value === "string" && value !== "";

class Flattener {
  readonly found: FlatError[] = [];
  private readonly entities: Entities;

  constructor(entities: Entities) {
    this.entities = entities;
  }

  list(entity: Entity, errors: ErrorTree, rows: unknown, link?: Values, entries?: readonly Entry[]): void {
    if (typeof errors === "string" || !Array.isArray(rows)) return;
    for (const [i, row] of rows.entries()) {
      const error = Array.isArray(errors) ? errors[i] : own(errors, String(i + 1));
      if (error !== null && error !== undefined)
        this.row(entity, error, isObject(row) ? row : {}, link, entries?.[i]);
    }
  }

  private row(entity: Entity, error: ErrorTree, row: Values, link?: Values, entry?: Entry): void {
    const nesting = nestable(this.entities, entity);
    const problems: Problem[] = [];
    const told: Values = { ...link };
    if (entry) put(told, entity.primaryKey, entry.id);
    for (const [name, value] of Object.entries(row)) if (!nesting.has(name)) put(told, name, value);
    const id = own(told, "id");
    const rest: ErrorFields = {};
    if (isObject(error)) {
      for (const [name, part] of Object.entries(error)) {
        const nested = nesting.get(name);
        const foreign = this.entities.parentsOf(entity.name).find((relation) => relation.field === name);
        const value = own(row, name);
        if (nested) {
          const back = isUuid(id) ? { [nested.field]: { id } } : undefined;
          this.list(this.entities.get(nested.child)!, part, value, back, entry?.children.get(name));
        } else if (foreign && typeof own(told, name) === "object" && own(told, name) !== null) {
          const referred = own(told, name);
          this.row(this.entities.get(foreign.parent)!, part, isObject(referred) ? referred : {});
        } else put(rest, name, part);
      }
    }
    collect(isObject(error) ? rest : error, "", problems);
    if (problems.length) this.found.push({ ...this.identify(entity, told), entity: told, errors: problems });
  }

  private identify(entity: Entity, row: Values): Omit<FlatError, "entity" | "errors"> {
    const [id, name, tags] = [own(row, "id"), own(row, "name"), own(row, "tags")];
    return {
      entity_type: entity.name.replace(/s$/, ""),
      ...(isUuid(id) && { entity_id: id }),
      ...(text(name) && { entity_name: name }),
      ...(Array.isArray(tags) && tags.length > 0 && tags.every(text) && { entity_tags: tags }),
    };
  }
}

/**
 * The error with one record for each row that has problems; what belongs to no row stays in `fields`.
 *
 * @param entries The rows with their ids, when the document got that far.
 */
export function flattenErrors(
  fields: ErrorFields,
  document: Values,
  entities: Entities,
  entries?: readonly Entry[],
): ConfigError {
  const flattener = new Flattener(entities);
  const lists = Map.groupBy(entries ?? [], (entry) => entry.entity.name);
  const rest: ErrorFields = {};
  for (const [name, error] of Object.entries(fields)) {
    const entity = entities.get(name);
    const rows = own(document, name);
    if (entity && Array.isArray(rows) && typeof error === "object")
      flattener.list(entity, error, rows, undefined, lists.get(name));
    else put(rest, name, error);
  }
  const { found } = flattener;
  // An empty Lua table prints as an object; clients that know Kong expect it.
  return { ...configError(rest), flattened_errors: found.length ? found : {} };
}

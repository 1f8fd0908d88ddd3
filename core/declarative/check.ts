import { parseRow } from "../entities/index.ts";
import type { Entities, Entity, Relation } from "../entities/index.ts";
import type { AutoSource, ErrorFields, ErrorList, ErrorTree, Values } from "../schema/index.ts";
import { valueProblem } from "../schema/index.ts";
import { isObject, own, put } from "../schema/tree.ts";
import { nestable } from "./entry.ts";
import type { Entry } from "./entry.ts";

export interface Context {
  readonly entities: Entities;
  /** Where times, random ids and secrets come from. */
  readonly auto: AutoSource;
  /** MD5 in hex, where the platform has a faster one: 4 MB take 8 ms, not 100. */
  readonly md5?: (text: string) => string;
}

/** Stands for the id of a row that is only known by name so far. */
const someId = "00000000-0000-0000-0000-000000000000";

const annotations = { _comment: "string", _ignore: "array" } as const;

/** `_comment` and `_ignore` are allowed everywhere and mean nothing. */
function annotationProblem(name: keyof typeof annotations, value: unknown): string | undefined {
  if (value === null) return undefined;
  if (name === "_comment") return typeof value === "string" ? undefined : "expected a string";
  const isList = Array.isArray(value) || (isObject(value) && Object.keys(value).length === 0);
  return isList ? undefined : "expected an array";
}

/** Child lists, own values and problems of one written row. */
class Reader {
  private readonly nesting = new Map<string, ReadonlyMap<string, Relation>>();
  private readonly context: Context;

  constructor(context: Context) {
    this.context = context;
  }

  private nestableIn(entity: Entity): ReadonlyMap<string, Relation> {
    const known = this.nesting.get(entity.name) ?? nestable(this.context.entities, entity);
    this.nesting.set(entity.name, known);
    return known;
  }

  /** Reads a list of rows. Its errors come back with their holes, undefined when all is well. */
  list(
    entity: Entity,
    value: unknown,
    parent?: Entry,
    relation?: Relation,
  ): { entries: Entry[]; errors: ErrorTree | undefined } {
    if (value === null || (isObject(value) && Object.keys(value).length === 0))
      return { entries: [], errors: undefined };
    if (!Array.isArray(value)) return { entries: [], errors: "expected an array" };
    const entries: Entry[] = [];
    const errors: ErrorList = [];
    for (const [index, item] of value.entries()) {
      const error = isObject(item)
        ? this.entry(entity, index, item, entries, parent, relation)
        : "expected a record";
      if (error === undefined) continue;
      while (errors.length < index) errors.push(null);
      errors.push(error);
    }
    return { entries, errors: errors.length ? errors : undefined };
  }

  private entry(
    entity: Entity,
    index: number,
    item: Values,
    into: Entry[],
    parent: Entry | undefined,
    relation: Relation | undefined,
  ): ErrorTree | undefined {
    const errors: ErrorFields = {};
    const given: Values = {};
    const children = new Map<string, readonly Entry[]>();
    const entry: Entry = { entity, index, given, parent, relation, children, id: "", row: undefined };
    const nesting = this.nestableIn(entity);
    for (const [name, value] of Object.entries(item)) {
      const nested = nesting.get(name);
      if (nested) {
        const read = this.list(this.context.entities.get(nested.child)!, value, entry, nested);
        if (read.errors !== undefined) put(errors, name, read.errors);
        children.set(name, read.entries);
      } else if (name === "_comment" || name === "_ignore") {
        const problem = annotationProblem(name, value);
        if (problem !== undefined) put(errors, name, problem);
      } else put(given, name, value);
    }
    const parsed = parseRow(entity, this.resolvable(entry), this.context.auto);
    if (parsed.ok) entry.row = parsed.row;
    else {
      for (const [name, error] of Object.entries(parsed.errors)) put(errors, name, error);
      // Kong tells this of every wrong server name inside a certificate.
      if (parent?.entity.name === "certificates" && entity.name === "snis")
        put(errors, "certificate", "required field missing");
    }
    // A row gets the time of its last change in any case; here it is at least looked at.
    const touched = own(given, "updated_at");
    const field = entity.record.record.fields.get("updated_at");
    const problem = field && touched !== undefined ? valueProblem(field, touched) : undefined;
    if (problem !== undefined) put(errors, "updated_at", problem);
    into.push(entry);
    return Object.keys(errors).length ? errors : undefined;
  }

  /** The row with references by name, and the one that nesting stands for, in the form of ids. */
  private resolvable({ entity, given, parent, relation }: Entry): Values {
    let values = given;
    for (const { field } of this.context.entities.parentsOf(entity.name)) {
      const value = own(given, field);
      const isName = typeof value === "string" && value !== "";
      const isNesting = relation?.field === field && this.reaches(parent!);
      if (isName || isNesting) values = { ...values, [field]: { id: someId } };
    }
    // An id that is null is one that was not given.
    if (own(values, entity.primaryKey) === null) {
      values = { ...values };
      delete values[entity.primaryKey];
    }
    return values;
  }

  /** Kong needs the id of a certificate to be written before server names can stand in it. */
  private reaches(parent: Entry): boolean {
    return parent.entity.name !== "certificates" || typeof own(parent.given, "id") === "string";
  }
}

const formats = ["1.1", "2.1", "3.0"];

function headProblem(name: string, value: unknown): string | undefined {
  if (name === "_comment" || name === "_ignore") return annotationProblem(name, value);
  if (value === null) return name === "_format_version" ? "required field missing" : undefined;
  if (name === "_transform") return typeof value === "boolean" ? undefined : "expected a boolean";
  if (typeof value !== "string") return "expected a string";
  return formats.includes(value) ? undefined : `expected one of: ${formats.join(", ")}`;
}

const heads = new Set(["_format_version", "_transform", "_comment", "_ignore"]);

/** Reads every row of a document. All problems are told, in the document's shape. */
export function checkDocument(
  document: Values,
  context: Context,
): { readonly entries: readonly Entry[]; readonly errors: ErrorFields | undefined } {
  const reader = new Reader(context);
  const errors: ErrorFields = {};
  const entries: Entry[] = [];
  if (!Object.hasOwn(document, "_format_version")) errors["_format_version"] = "required field missing";
  for (const [name, value] of Object.entries(document)) {
    const entity = context.entities.get(name);
    let problem: ErrorTree | undefined;
    if (heads.has(name)) problem = headProblem(name, value);
    else if (entity && !entity.virtual) {
      const read = reader.list(entity, value);
      entries.push(...read.entries);
      problem = read.errors;
    } else problem = "unknown field";
    if (problem !== undefined) put(errors, name, problem);
  }
  return { entries, errors: Object.keys(errors).length ? errors : undefined };
}

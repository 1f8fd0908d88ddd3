import type { Field, RecordSpec } from "./field.ts";
import { isReference } from "./reference.ts";
import { isUuid } from "./rule.ts";
import { isObject, own, put } from "./tree.ts";
import type { ErrorFields, ErrorList, ErrorTree, Values } from "./tree.ts";

const expected: Readonly<Record<Field["type"], string>> = {
  string: "expected a string",
  integer: "expected an integer",
  number: "expected a number",
  boolean: "expected a boolean",
  array: "expected an array",
  set: "expected a set",
  map: "expected a map",
  record: "expected a record",
  foreign: "expected a record",
  json: "expected a value",
};

/** Options of one pass over a value. */
export interface Pass {
  /** A partial change of a stored row: some messages say so. */
  readonly updating?: boolean;
}

/** Elements, keys and values are never null. */
const present = (field: Field, value: unknown, pass: Pass | undefined): ErrorTree | undefined =>
  value === null || value === undefined ? "required field missing" : valueProblem(field, value, pass);

function listProblem(field: Field, list: readonly unknown[], pass: Pass | undefined): ErrorTree | undefined {
  const errors: ErrorList = [];
  const elements = field.elements!;
  for (let i = 0; i < list.length; i++) {
    const error = present(elements, list[i], pass);
    if (error === undefined) continue;
    while (errors.length < i) errors.push(null);
    errors.push(error);
  }
  return errors.length ? errors : undefined;
}

function mapProblem(field: Field, values: Values, pass: Pass | undefined): ErrorTree | undefined {
  for (const [name, value] of Object.entries(values)) {
    // Kong tells the first problem of a map, in place of the map.
    const error = valueProblem(field.keys!, name, pass) ?? present(field.values!, value, pass);
    if (error !== undefined) return error;
  }
  return undefined;
}

/** Kong's tables make no difference between an empty list and an empty object. */
const isEmptyObject = (value: unknown): boolean => isObject(value) && Object.keys(value).length === 0;

function structureProblem(field: Field, value: unknown, pass: Pass | undefined): ErrorTree | undefined {
  switch (field.type) {
    case "string":
    case "boolean":
      return typeof value === field.type ? undefined : expected[field.type];
    case "number":
      return typeof value === "number" && Number.isFinite(value) ? undefined : expected.number;
    case "integer":
      return Number.isInteger(value) ? undefined : expected.integer;
    case "array":
    case "set":
      if (Array.isArray(value)) return listProblem(field, value, pass);
      return isEmptyObject(value) ? undefined : expected[field.type];
    case "map":
      if (isObject(value)) return mapProblem(field, value, pass);
      return Array.isArray(value) && value.length === 0 ? undefined : expected.map;
    case "record":
      if (isObject(value)) return recordProblems(field.record!, value, pass);
      return Array.isArray(value) && value.length === 0
        ? recordProblems(field.record!, {}, pass)
        : expected.record;
    case "foreign":
      return foreignProblem(value);
    default:
      return undefined;
  }
}

function foreignProblem(value: unknown): ErrorTree | undefined {
  const id = isObject(value) ? own(value, "id") : undefined;
  if (id === undefined || id === null) return { id: "missing primary key" };
  return isUuid(id) ? undefined : { id: "expected a valid UUID" };
}

function nullProblem({ rules }: Field): ErrorTree | undefined {
  if (rules.required) return "required field missing";
  return rules.ne === null ? "value must not be null" : undefined;
}

/** What is wrong with a filled value, undefined when nothing is. */
export function valueProblem(field: Field, value: unknown, pass?: Pass): ErrorTree | undefined {
  const { rules } = field;
  if (value === null || value === undefined) return nullProblem(field);
  if (rules.eq === null) return rules.err ?? "value must be null";
  if (rules.referenceable && isReference(value)) return undefined;
  const problem = structureProblem(field, value, pass);
  if (problem !== undefined) return problem;
  for (const verdict of field.verdicts) {
    const found = verdict(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The problems of a filled record, with its checks across fields. Undefined when there are none. */
export function recordProblems(spec: RecordSpec, values: Values, pass?: Pass): ErrorFields | undefined {
  const errors: ErrorFields = {};
  for (const [name, field] of spec.fields) {
    const value = values[name];
    // Most fields of most rows are null. Names of Object.prototype are never.
    const problem =
      value === null
        ? nullProblem(field)
        : valueProblem(field, Object.hasOwn(values, name) ? value : undefined, pass);
    if (problem !== undefined) put(errors, name, problem);
  }
  for (const name of Object.keys(values)) {
    if (spec.fields.has(name)) continue;
    // A shorthand that could not be expanded stayed behind.
    const shorthand = spec.shorthands.get(name);
    const problem =
      shorthand &&
      (valueProblem(shorthand.field, values[name], pass) ?? shorthand.conflict?.(values[name], values));
    put(errors, name, problem ?? "unknown field");
  }
  for (const check of spec.checks) check.run(values, errors, pass?.updating ?? false);
  return Object.keys(errors).length ? errors : undefined;
}

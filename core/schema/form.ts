import type { Field, RecordSpec } from "./field.ts";
import { isObject, put } from "./tree.ts";
import type { Values } from "./tree.ts";

const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

function scalar(field: Field, text: string): unknown {
  if (text === "") return null;
  if (field.type === "integer" || field.type === "number") return decimal.test(text) ? Number(text) : text;
  if (field.type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  return text;
}

/** A value of a form in the type of its field, as far as it can be told. What can't stays, to be refused later. */
function typed(field: Field, value: unknown): unknown {
  switch (field.type) {
    case "array":
    case "set": {
      if (value === "") return null;
      const list = Array.isArray(value) ? value : isObject(value) ? undefined : [value];
      return list ? list.map((element) => typed(field.elements!, element)) : value;
    }
    case "map":
      return isObject(value) ? typedMap(field.values!, value) : scalarOf(field, value);
    case "record":
      return isObject(value) ? fromForm(field.record!, value) : scalarOf(field, value);
    default:
      return scalarOf(field, value);
  }
}

const scalarOf = (field: Field, value: unknown): unknown =>
  typeof value === "string" ? scalar(field, value) : value;

function typedMap(field: Field, values: Values): Values {
  const result: Values = {};
  for (const [name, value] of Object.entries(values)) put(result, name, typed(field, value));
  return result;
}

/**
 * The fields of a form or a query string, which are all texts, in the types of a record: numbers and booleans are read,
 * an empty text is null, a lone value for a list becomes a list.
 *
 * @param values Already nested (`a.b.c=v` as `{a:{b:{c:"v"}}}`).
 */
export function fromForm(spec: RecordSpec, values: Values): Values {
  const result: Values = {};
  for (const [name, value] of Object.entries(values)) {
    const field = spec.fields.get(name) ?? spec.shorthands.get(name)?.field;
    put(result, name, field ? typed(field, value) : value);
  }
  return result;
}

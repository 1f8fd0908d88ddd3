import { fillRecord } from "./fill.ts";
import type { AutoSource } from "./fill.ts";
import type { Infer, RecordField } from "./field.ts";
import { isObject } from "./tree.ts";
import type { ErrorFields } from "./tree.ts";
import { valueProblem } from "./validate.ts";

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: ErrorFields };

/**
 * Fills and checks a value: defaults, shorthands, every rule. All problems are told at once.
 *
 * @param auto Where `auto` fields come from; without it they read null.
 */
export function parse<F extends RecordField>(
  schema: F,
  input: unknown,
  auto?: AutoSource,
): Parsed<Exclude<Infer<F>, null>> {
  if (!isObject(input)) return { ok: false, errors: { "@entity": ["expected a record"] } };
  const value = fillRecord(schema.record, input, auto);
  const problem = valueProblem(schema, value);
  if (problem === undefined) return { ok: true, value: value as Exclude<Infer<F>, null> };
  return { ok: false, errors: isObject(problem) ? problem : { "@entity": [problem] } };
}

import type { RecordSpec } from "./field.ts";
import { expandShorthands } from "./fill.ts";
import { isObject, own, put } from "./tree.ts";
import type { ErrorFields, Values } from "./tree.ts";

/**
 * A stored record with changes: records are merged field by field, everything else is replaced. Shorthands are expanded
 * in the changes only, so that what is stored does not change by itself.
 */
export function mergeChanges(spec: RecordSpec, stored: Values, changes: Values): Values {
  const merged: Values = { ...stored };
  for (const [name, change] of Object.entries(expandShorthands(spec, changes))) {
    const field = spec.fields.get(name);
    const mine = own(stored, name);
    if (field?.record && isObject(mine) && isObject(change))
      put(merged, name, mergeChanges(field.record, mine, change));
    else put(merged, name, change);
  }
  return merged;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Fields that can't change after a row was made, and would. */
export function immutableProblems(spec: RecordSpec, stored: Values, merged: Values): ErrorFields | undefined {
  const errors: ErrorFields = {};
  for (const [name, { rules }] of spec.fields)
    if (rules.immutable && !same(own(stored, name), own(merged, name)))
      put(errors, name, "immutable field cannot be updated");
  return Object.keys(errors).length ? errors : undefined;
}

import type { Check } from "./check.ts";
import type { Field, RecordSpec, Rules } from "./field.ts";
import type { Values } from "./tree.ts";

function publishedRules(rules: Rules): Values {
  const shown: Values = {};
  for (const [name, rule] of Object.entries(rules)) {
    if (typeof rule !== "function") shown[name] = rule;
  }
  return shown;
}

/** A field as Kong's `/schemas` print it. Checks in code are left out: they can't be printed. */
export function printField(field: Field): Values {
  const shown: Values = { type: field.type, ...publishedRules(field.rules) };
  if (field.doc !== undefined) shown["description"] = field.doc;
  if (field.elements) shown["elements"] = printField(field.elements);
  if (field.keys) shown["keys"] = printField(field.keys);
  if (field.values) shown["values"] = printField(field.values);
  if (field.reference !== undefined) shown["reference"] = field.reference;
  if (field.onDelete !== undefined) shown["on_delete"] = field.onDelete;
  if (field.record && !field.rules.abstract) Object.assign(shown, printRecord(field.record));
  return shown;
}

const printFields = (fields: ReadonlyMap<string, Field>): Values[] =>
  [...fields].map(([name, field]) => ({ [name]: printField(field) }));

/** The inside of a record: its fields, and what else there is. */
/** What the checks of a schema look like. */
export const printed = (checks: readonly Check[]): Values[] =>
  checks.flatMap(({ print }) => (print === undefined ? [] : [print]));

function printRecord({ fields, checks, shorthands }: RecordSpec): Values {
  const shown: Values = { fields: printFields(fields) };
  if (checks.length) shown["entity_checks"] = printed(checks);
  if (shorthands.size)
    shown["shorthand_fields"] = [...shorthands].map(([name, { field }]) => ({ [name]: printField(field) }));
  return shown;
}

/** A whole schema: `{fields, entity_checks}`. */
export const printSchema = ({ fields, checks }: RecordSpec): Values => ({
  entity_checks: printed(checks),
  fields: printFields(fields),
});

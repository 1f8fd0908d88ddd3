import { array, boolean, integer, json, map, number, record, set, string } from "../../schema/index.ts";
import type { Documented, Field, RecordField } from "../../schema/index.ts";

/** A field as Kong's schemas write it: `{ type: "string", required: true }`. */
export interface KongField {
  readonly type: string;
  readonly elements?: KongField;
  readonly keys?: KongField;
  readonly values?: KongField;
  readonly fields?: readonly KongFields[];
  readonly description?: string;
  readonly [rule: string]: unknown;
}

/** Named fields, each in an object of its own or together. */
export type KongFields = Readonly<Record<string, KongField>>;

const fieldOf = (name: string, field: KongField): Field => {
  const { type, elements, keys, values, fields, description, ...rules } = field;
  const options = { ...rules, doc: description ?? `The plugin's \`${name}\`.` } as never;
  const inner = (part: KongField | undefined): Field => fieldOf(name, part ?? { type: "string" });
  switch (type) {
    case "string":
      return string(options);
    case "number":
      return number(options);
    case "integer":
      return integer(options);
    case "boolean":
      return boolean(options);
    case "array":
      return array(inner(elements), options);
    case "set":
      return set(inner(elements), options);
    case "map":
      return map(inner(keys), inner(values), options);
    case "record":
      return record(namedFields(fields ?? []), options);
    case "json":
      return json(options);
    default:
      throw new TypeError(`field '${name}' has the unknown type '${type}'`);
  }
};

const namedFields = (list: readonly KongFields[]): Record<string, Documented> =>
  Object.fromEntries(
    list.flatMap((group) =>
      Object.entries(group).map(([name, field]) => [name, fieldOf(name, field) as Documented]),
    ),
  );

/** The configuration of a plugin, from the fields that its module exports as `Schema`. @throws TypeError for no schema. */
export const configOf = (schema: readonly KongFields[]): RecordField =>
  record(namedFields(schema), { required: true });

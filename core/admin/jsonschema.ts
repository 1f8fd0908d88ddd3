import type { Field, RecordSpec, Rules, Values } from "../schema/index.ts";
import { luaPattern } from "../schema/pattern.ts";

const uuidPattern = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";
/** The id of a row. */
export const uuidSchema: Values = { type: "string", format: "uuid", pattern: uuidPattern };

const vaultReference: Values = { type: "string", pattern: "^\\{vault://" };

const sourceOf = (pattern: string): string => luaPattern(pattern).source;
const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** What a text has to look like, as schemas of which all hold. */
const patternsOf = (rules: Rules): Values[] => [
  ...(rules.match === undefined ? [] : [{ pattern: sourceOf(rules.match) }]),
  ...(rules.starts_with === undefined ? [] : [{ pattern: `^${escaped(rules.starts_with)}` }]),
  ...(rules.match_all ?? []).map(({ pattern }) => ({ pattern: sourceOf(pattern) })),
  ...(rules.match_none ?? []).map(({ pattern }) => ({ not: { pattern: sourceOf(pattern) } })),
  ...(rules.not_match === undefined ? [] : [{ not: { pattern: sourceOf(rules.not_match) } }]),
  ...(rules.match_any === undefined
    ? []
    : [{ anyOf: rules.match_any.patterns.map((pattern) => ({ pattern: sourceOf(pattern) })) }]),
  ...(rules.not_one_of === undefined ? [] : [{ not: { enum: rules.not_one_of } }]),
];

/** A text's length is counted in bytes, of which a character has one at least. */
const textSchema = (rules: Rules): Values => {
  const patterns = patternsOf(rules);
  const least = rules.len_eq ?? rules.len_min ?? 1;
  const most = rules.len_eq ?? rules.len_max;
  return {
    type: "string",
    // Fewer characters than that may be enough bytes.
    ...(least > 0 && { minLength: 1 }),
    ...(most !== undefined && { maxLength: most }),
    ...(rules.uuid && uuidSchema),
    ...(patterns.length > 0 && { allOf: patterns }),
  };
};

const numberSchema = (type: string, { between, gt, timestamp }: Rules): Values => ({
  type,
  ...(between !== undefined && { minimum: between[0], maximum: between[1] }),
  ...((gt !== undefined || timestamp) && { exclusiveMinimum: gt ?? 0 }),
});

const listSchema = (field: Field): Values => {
  const { len_eq, len_min = len_eq, len_max = len_eq } = field.rules;
  return {
    type: "array",
    items: valueSchema(field.elements!),
    ...(len_min !== undefined && { minItems: len_min }),
    ...(len_max !== undefined && { maxItems: len_max }),
  };
};

const shapeOf = (field: Field): Values => {
  const { rules } = field;
  switch (field.type) {
    case "array":
    case "set":
      return listSchema(field);
    case "map":
      return { type: "object", additionalProperties: valueSchema(field.values!) };
    case "record":
      return recordSchema(field.record!);
    case "foreign":
      return { type: "object", properties: { id: uuidSchema }, required: ["id"] };
    case "json":
      return {};
    case "string":
      return textSchema(rules);
    case "integer":
    case "number":
      return numberSchema(field.type, rules);
    default:
      return { type: field.type };
  }
};

/** A value that is there. */
const valueSchema = (field: Field): Values => {
  const { rules } = field;
  const oneOf = rules.one_of;
  const shape: Values = { ...shapeOf(field), ...(oneOf !== undefined && { enum: oneOf }) };
  return rules.referenceable && typeof shape["type"] === "string"
    ? { anyOf: [shape, vaultReference] }
    : shape;
};

const nullable = (shape: Values): Values => {
  const {
    type,
    enum: values,
    anyOf,
  } = shape as { type?: string; enum?: readonly unknown[]; anyOf?: Values[] };
  if (anyOf !== undefined) return { ...shape, anyOf: [...anyOf, { type: "null" }] };
  if (type === undefined) return shape;
  return { ...shape, type: [type, "null"], ...(values !== undefined && { enum: [...values, null] }) };
};

/** A field as JSON Schema. What only code checks is not told. @see JSON Schema 2020-12 */
const schemaOf = (field: Field): Values => {
  const { rules, doc } = field;
  const shape = valueSchema(field);
  return {
    // Null stands for what is not given: then an automatic field is filled, and a default is taken.
    ...(rules.required === true ? shape : nullable(shape)),
    ...(doc !== undefined && { description: doc }),
    ...(rules.default !== undefined && typeof rules.default !== "function" && { default: rules.default }),
  };
};

/** The fields that have to be given. */
const requiredOf = ({ fields }: RecordSpec): string[] =>
  [...fields].flatMap(([name, { rules }]) =>
    rules.required === true && rules.default === undefined && rules.auto !== true ? [name] : [],
  );

/** What has to be there of a record. @param given Fields that are known otherwise. */
export const presence = (record: RecordSpec, given: readonly (string | undefined)[] = []): Values => {
  const required = requiredOf(record).filter((name) => !given.includes(name));
  if (required.length === 0) return {};
  const others = [...record.shorthands].flatMap(([name, { covers }]) =>
    covers === undefined ? [] : [[name, ...required.filter((field) => !covers.includes(field))]],
  );
  if (others.length === 0) return { required };
  return { anyOf: [required, ...others].map((names) => ({ required: names })) };
};

/** The fields of a record as JSON Schema, none of which has to be there. */
export const fieldsSchema = ({ fields, shorthands }: RecordSpec): Values => {
  const properties = Object.fromEntries([...fields].map(([name, field]) => [name, schemaOf(field)]));
  for (const [name, { field }] of shorthands) properties[name] ??= { ...schemaOf(field), writeOnly: true };
  return { type: "object", properties };
};

/** A record as JSON Schema. */
export const recordSchema = (record: RecordSpec): Values => ({
  ...fieldsSchema(record),
  ...presence(record),
});

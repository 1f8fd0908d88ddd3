import type { Field, RecordSpec, Values } from "../schema/index.ts";

const scalars: Readonly<Record<string, string>> = {
  string: "string",
  integer: "integer",
  number: "number",
  boolean: "boolean",
};

/** A field as JSON Schema. What only code checks is not told. @see JSON Schema 2020-12 */
const schemaOf = (field: Field): Values => {
  const { rules, doc } = field;
  // Null stands for what is not given: then an automatic field is filled, and a default is taken.
  const isNullable = rules.required !== true;
  const described = doc === undefined ? {} : { description: doc };
  const preset =
    rules.default === undefined || typeof rules.default === "function" ? {} : { default: rules.default };
  const [least, most] = rules.between ?? [];
  const oneOf = rules.one_of;
  const shape = ((): Values => {
    switch (field.type) {
      case "array":
      case "set":
        return {
          type: "array",
          items: schemaOf(field.elements!),
          ...(field.type === "set" && { uniqueItems: true }),
        };
      case "map":
        return { type: "object", additionalProperties: schemaOf(field.values!) };
      case "record":
        return recordSchema(field.record!);
      case "foreign":
        return { type: "object", properties: { id: { type: "string", format: "uuid" } } };
      case "json":
        return {};
      default:
        return {
          type: scalars[field.type]!,
          ...(rules.uuid && { format: "uuid" }),
          ...(oneOf !== undefined && { enum: isNullable ? [...oneOf, null] : oneOf }),
          ...(least !== undefined && { minimum: least, maximum: most }),
        };
    }
  })();
  const type = shape["type"];
  return {
    ...shape,
    ...(isNullable && typeof type === "string" && { type: [type, "null"] }),
    ...described,
    ...preset,
  };
};

/** A record as JSON Schema. */
export const recordSchema = ({ fields, shorthands }: RecordSpec): Values => {
  const required = [...fields].flatMap(([name, { rules }]) =>
    rules.required === true && rules.default === undefined && rules.auto !== true ? [name] : [],
  );
  const properties = Object.fromEntries([...fields].map(([name, field]) => [name, schemaOf(field)]));
  for (const [name, { field }] of shorthands) properties[name] ??= { ...schemaOf(field), writeOnly: true };
  return { type: "object", properties, ...(required.length > 0 && { required }) };
};

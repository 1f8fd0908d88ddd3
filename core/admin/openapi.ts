import type { Entities, Entity } from "../entities/index.ts";
import type { Field, RecordSpec, Values } from "../schema/index.ts";

/** A path of the API in braces form, and its methods. */
export interface Endpoint {
  readonly path: string;
  readonly methods: readonly string[];
}

const scalars: Readonly<Record<string, string>> = {
  string: "string",
  integer: "integer",
  number: "number",
  boolean: "boolean",
};

/** A field as JSON Schema. What only code checks is not told. @see JSON Schema 2020-12 */
const schemaOf = (field: Field): Values => {
  const { rules, doc } = field;
  const isNullable = rules.required !== true && rules.auto !== true;
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

const recordSchema = ({ fields, shorthands }: RecordSpec): Values => {
  const required = [...fields].flatMap(([name, { rules }]) =>
    rules.required === true && rules.default === undefined && rules.auto !== true ? [name] : [],
  );
  const properties = Object.fromEntries([...fields].map(([name, field]) => [name, schemaOf(field)]));
  for (const [name, { field }] of shorthands) properties[name] ??= { ...schemaOf(field), writeOnly: true };
  return { type: "object", properties, ...(required.length > 0 && { required }) };
};

const problem = { description: "Refused: `code`, `name`, `message` and `fields` say why." };
const writes = new Set(["POST", "PUT", "PATCH"]);

/** The entity whose rows a path is about: the one of its last parameter, or of its collection. */
const entityOf = (path: string, entities: Entities): string | undefined => {
  const parts = path.split("/");
  const last = parts.at(-1)!;
  const named = /^\{(\w+)\}$/.exec(last)?.[1];
  if (named !== undefined) return entities.get(named)?.name;
  const parent = /^\{(\w+)\}$/.exec(parts.at(-2) ?? "")?.[1];
  const followed = entities.parentsOf(parent ?? "").find(({ field }) => field === last)?.parent;
  if (followed !== undefined) return followed;
  return entities.all.find(
    ({ adminName, adminNestedName }) =>
      last === adminName || (parent !== undefined && last === adminNestedName),
  )?.name;
};

/** Targets have no collection of their own, but stand below their upstreams. */
const isShown = (entity: Entity | undefined): boolean =>
  entity !== undefined &&
  entity.name !== "filter_chains" &&
  (entity.adminName !== undefined || entity.name === "targets");

const operation = (method: string, path: string, entities: Entities): Values => {
  const about = entityOf(path, entities);
  const entity = isShown(entities.get(about ?? "")) ? about : undefined;
  const body = entity === undefined ? {} : { $ref: `#/components/schemas/${entity}` };
  const isList = !path.endsWith("}") && method === "GET" && entity !== undefined && !/\}\/\w+$/.test(path);
  const list = {
    type: "object",
    properties: { data: { type: "array", items: body }, next: { type: ["string", "null"] } },
  };
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const content = { "application/json": { schema: isList ? list : body } };
  const done =
    method === "DELETE"
      ? { 204: { description: "Gone." } }
      : { [method === "POST" ? 201 : 200]: { description: "Done.", content } };
  return {
    operationId: `${method.toLowerCase()}${path.replace(/\W+/g, "_")}`,
    ...(parameters.length > 0 && { parameters }),
    ...(writes.has(method) && { requestBody: { content: { "application/json": { schema: body } } } }),
    responses: { ...done, ...(method !== "GET" && { 400: problem }) },
  };
};

/**
 * The Admin API as an OpenAPI document, made from the schemas that check its rows.
 *
 * @see OpenAPI 3.1.0
 */
export const openApi = (
  endpoints: readonly Endpoint[],
  entities: Entities,
  version: string,
  isProtected: boolean,
): Values => ({
  openapi: "3.1.0",
  info: { title: "Sallyport Admin API", version },
  ...(isProtected && { security: [{ token: [] }] }),
  paths: Object.fromEntries(
    endpoints.map(({ path, methods }) => [
      path,
      Object.fromEntries(methods.map((method) => [method.toLowerCase(), operation(method, path, entities)])),
    ]),
  ),
  components: {
    schemas: Object.fromEntries(
      entities.all.filter(isShown).map(({ name, record }) => [name, recordSchema(record.record)]),
    ),
    ...(isProtected && { securitySchemes: { token: { type: "http", scheme: "bearer" } } }),
  },
});

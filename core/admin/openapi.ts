import type { Entities, Entity } from "../entities/index.ts";
import type { Values } from "../schema/index.ts";
import { fieldsSchema, presence, recordSchema, uuidSchema } from "./jsonschema.ts";
import { maxSize } from "./listing.ts";

/** A path of the API in braces form, and its methods. */
export interface Endpoint {
  readonly path: string;
  readonly methods: readonly string[];
  /** Answers every request with the same refusal. */
  readonly isShut?: boolean;
}

const writes = new Set(["POST", "PUT", "PATCH"]);

const problem = {
  description: "Refused: `message` says why; `code`, `name` and `fields` too where an entity is concerned.",
  content: {
    "application/json": {
      schema: { type: "object", properties: { message: { type: "string" } } },
    },
  },
};

/** The statuses with which a request may be refused. @param isOwn The path is no collection: a plugin's, or the node's. */
const refusals = (method: string, path: string, isOwn: boolean): number[] => {
  // What is below a row may lack it; what a plugin brings answers while some configuration has the plugin.
  const mayLack = isOwn || path.includes("{");
  // A key may be one that its field can't hold, a page a wrong one, a node one without what is asked for.
  const always = [400, ...(mayLack ? [404] : [])];
  // Without a database nothing is written.
  if (method === "DELETE") return [...always, 405];
  return writes.has(method) ? [...always, 405, 409, 415] : always;
};

interface Subject {
  readonly name: string | undefined;
  /** A collection, not one row. */
  readonly isMany: boolean;
  /** The entity of the row above, whose rows these are. */
  readonly parent?: string | undefined;
}

/** What a path is about: rows of an entity, the one of its last parameter or the many of its collection. */
const subjectOf = (path: string, entities: Entities): Subject => {
  const parts = path.split("/");
  const last = parts.at(-1)!;
  const named = /^\{(\w+)\}$/.exec(last)?.[1];
  const above = /^\{(\w+)\}$/.exec(parts.at(-3) ?? "")?.[1];
  if (named !== undefined) return { name: entities.get(named)?.name, isMany: false, parent: above };
  const parent = /^\{(\w+)\}$/.exec(parts.at(-2) ?? "")?.[1];
  const followed = entities.parentsOf(parent ?? "").find(({ field }) => field === last)?.parent;
  if (followed !== undefined) return { name: followed, isMany: false };
  // A plugin's path may end as a collection's does: only what stands at the top or below a row is one.
  const isCollection = parts.length === 2 || parent !== undefined;
  const found = entities.all.find(
    ({ adminName, adminNestedName, name }) =>
      isCollection &&
      (last === adminName || (parent !== undefined && (last === adminNestedName || last === name))),
  );
  return { name: found?.name, isMany: true, parent };
};

/** Targets have no collection of their own, but stand below their upstreams. */
const isShown = (entity: Entity | undefined): boolean =>
  entity !== undefined &&
  entity.name !== "filter_chains" &&
  (entity.adminName !== undefined || entity.name === "targets");

const reference = (name: string): Values => ({ $ref: `#/components/schemas/${name}` });

/** What has to be sent: not what the path says already; a change has only what changes. */
const bodyOf = (method: string, entity: Entity, parent: string | undefined): Values => {
  if (method === "PATCH") return reference(changesOf(entity.name));
  const { fields } = entity.record.record;
  const above = [...fields].find(([, field]) => parent !== undefined && field.reference === parent)?.[0];
  const given = [above, method === "PUT" ? entity.endpointKey : undefined];
  if (!given.some((name) => fields.get(name ?? "")?.rules.required)) return reference(entity.name);
  return { allOf: [reference(changesOf(entity.name)), presence(entity.record.record, given)] };
};

const changesOf = (name: string): string => `${name}_changes`;

/** Rows without a name of their own are named by their ids alone; certificates by their SNIs, groups by their names. */
const keySchema = (entity: Entity | undefined): Values =>
  entity === undefined ||
  !isShown(entity) ||
  entity.endpointKey !== undefined ||
  hasOtherNames.has(entity.name)
    ? { type: "string", minLength: 1 }
    : uuidSchema;

const hasOtherNames: ReadonlySet<string> = new Set(["certificates", "acls"]);

const pageParameters = (entity: Entity, hasTags: boolean): Values[] => [
  {
    name: "size",
    in: "query",
    description: "The most rows of a page.",
    schema: { type: "integer", minimum: 1, maximum: maxSize },
  },
  {
    name: "offset",
    in: "query",
    description: "Where the page begins: what the page before told as `offset`.",
    schema: { type: "string", minLength: 1 },
  },
  ...(hasTags && entity.record.record.fields.has("tags")
    ? [
        {
          name: "tags",
          in: "query",
          description: "Rows that have all of the tags between commas, or one of those between slashes.",
          schema: { type: "string" },
        },
      ]
    : []),
];

const operation = (method: string, path: string, entities: Entities): Values => {
  const { name: about, isMany, parent } = subjectOf(path, entities);
  const found = entities.get(about ?? "");
  const entity = found !== undefined && isShown(found) ? found : undefined;
  const body = entity === undefined ? {} : reference(entity.name);
  const isList = isMany && method === "GET" && entity !== undefined;
  const list = {
    type: "object",
    properties: { data: { type: "array", items: body }, next: { type: ["string", "null"] } },
    required: ["data"],
  };
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: keySchema(entities.get(name!)),
    })),
    ...(isList ? pageParameters(entity, parent === undefined) : []),
  ];
  const content =
    path === "/metrics"
      ? { "text/plain": { schema: { type: "string" } } }
      : { "application/json": { schema: isList ? list : body } };
  const done =
    method === "DELETE"
      ? { 204: { description: "Gone." } }
      : { [method === "POST" ? 201 : 200]: { description: "Done.", content } };
  const sent = entity === undefined ? {} : bodyOf(method, entity, parent);
  return {
    operationId: `${method.toLowerCase()}${path.replace(/\W+/g, "_")}`,
    ...(parameters.length > 0 && { parameters }),
    ...(writes.has(method) && { requestBody: { content: { "application/json": { schema: sent } } } }),
    responses: {
      ...done,
      ...Object.fromEntries(refusals(method, path, entity === undefined).map((status) => [status, problem])),
      ...(path.endsWith("/validate") && { 200: { description: "Fine.", content } }),
    },
  };
};

const ttlSchema: Values = {
  type: ["integer", "null"],
  minimum: 0,
  maximum: 100_000_000,
  description: "Seconds until the row expires; null when it stays.",
};

/** A row, and a part of one. */
const schemasOf = ({ name, record, ttl }: Entity): [string, Values][] => {
  const withTtl = (schema: Values): Values =>
    ttl ? { ...schema, properties: { ...(schema["properties"] as Values), ttl: ttlSchema } } : schema;
  return [
    [name, withTtl(recordSchema(record.record))],
    [changesOf(name), withTtl(fieldsSchema(record.record))],
  ];
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
    endpoints
      .filter(({ isShut }) => !isShut)
      .map(({ path, methods }) => [
        path,
        Object.fromEntries(
          methods.map((method) => [method.toLowerCase(), operation(method, path, entities)]),
        ),
      ]),
  ),
  components: {
    schemas: Object.fromEntries(entities.all.filter(isShown).flatMap((entity) => schemasOf(entity))),
    ...(isProtected && { securitySchemes: { token: { type: "http", scheme: "bearer" } } }),
  },
});

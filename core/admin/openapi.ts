import type { Entities, Entity } from "../entities/index.ts";
import type { Values } from "../schema/index.ts";
import { recordSchema } from "./jsonschema.ts";

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

/** What a path is about: rows of an entity, the one of its last parameter or the many of its collection. */
const subjectOf = (path: string, entities: Entities): { name: string | undefined; isMany: boolean } => {
  const parts = path.split("/");
  const last = parts.at(-1)!;
  const named = /^\{(\w+)\}$/.exec(last)?.[1];
  if (named !== undefined) return { name: entities.get(named)?.name, isMany: false };
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
  return { name: found?.name, isMany: true };
};

/** Targets have no collection of their own, but stand below their upstreams. */
const isShown = (entity: Entity | undefined): boolean =>
  entity !== undefined &&
  entity.name !== "filter_chains" &&
  (entity.adminName !== undefined || entity.name === "targets");

const operation = (method: string, path: string, entities: Entities): Values => {
  const { name: about, isMany } = subjectOf(path, entities);
  const entity = isShown(entities.get(about ?? "")) ? about : undefined;
  const body = entity === undefined ? {} : { $ref: `#/components/schemas/${entity}` };
  const isList = isMany && method === "GET" && entity !== undefined;
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
  const content =
    path === "/metrics"
      ? { "text/plain": { schema: { type: "string" } } }
      : { "application/json": { schema: isList ? list : body } };
  const done =
    method === "DELETE"
      ? { 204: { description: "Gone." } }
      : { [method === "POST" ? 201 : 200]: { description: "Done.", content } };
  return {
    operationId: `${method.toLowerCase()}${path.replace(/\W+/g, "_")}`,
    ...(parameters.length > 0 && { parameters }),
    ...(writes.has(method) && { requestBody: { content: { "application/json": { schema: body } } } }),
    responses: {
      ...done,
      ...Object.fromEntries(refusals(method, path, entity === undefined).map((status) => [status, problem])),
      ...(path.endsWith("/validate") && { 200: { description: "Fine.", content } }),
    },
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
    schemas: Object.fromEntries(
      entities.all.filter(isShown).map(({ name, record }) => [name, recordSchema(record.record)]),
    ),
    ...(isProtected && { securitySchemes: { token: { type: "http", scheme: "bearer" } } }),
  },
});

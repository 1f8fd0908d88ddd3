import { expect, test } from "vitest";
import { adminInMemory } from "../../test/support/admin.ts";

test("the API describes every refusal, and no path that only refuses", async () => {
  const { send } = adminInMemory();
  const { body } = await send("GET", "/openapi.json");
  const paths = body["paths"] as Record<string, Record<string, { responses: object }>>;
  expect(Object.keys(paths["/consumers/{consumers}/key-auth"]!["post"]!.responses)).toEqual([
    "201",
    "400",
    "404",
    "405",
    "409",
    "415",
  ]);
  // What a plugin brings is gone with its last configuration, even where it ends as a collection does.
  expect(Object.keys(paths["/acme/certificates"]!["get"]!.responses)).toEqual(["200", "400", "404"]);
  expect(Object.keys(paths["/services"]!["get"]!.responses)).toEqual(["200", "400"]);
  expect(Object.keys(paths).filter((path) => path.startsWith("/filter-chains"))).toEqual([]);
});

test("the API describes what has to be sent: a change in part, and no parent that the path names", async () => {
  const { send } = adminInMemory();
  const { body } = await send("GET", "/openapi.json");
  type Operation = { parameters: { name: string; schema: object }[]; requestBody: { content: object } };
  const paths = body["paths"] as Record<string, Record<string, Operation>>;
  const sent = (path: string, method: string): unknown => {
    const content = paths[path]![method]!.requestBody.content as Record<string, { schema: unknown }>;
    return content["application/json"]!.schema;
  };
  const schema = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
  expect(sent("/services/{services}", "patch")).toEqual(schema("services_changes"));
  expect(sent("/services/{services}/routes", "post")).toEqual(schema("routes"));
  expect(sent("/consumers/{consumers}/acls", "post")).toEqual({
    allOf: [schema("acls_changes"), { required: ["group"] }],
  });
  // What names a row in the path need not be said again.
  expect(sent("/snis/{snis}", "put")).toEqual({
    allOf: [schema("snis_changes"), { required: ["certificate"] }],
  });
  const of = (path: string): string[] => paths[path]!["get"]!.parameters.map(({ name }) => name);
  expect([of("/consumers"), of("/consumers/{consumers}/acls")]).toEqual([
    ["size", "offset", "tags"],
    ["consumers", "size", "offset"],
  ]);
  expect(paths["/plugins/{plugins}"]!["get"]!.parameters[0]!.schema).not.toHaveProperty("format");
  expect(paths["/ca_certificates/{ca_certificates}"]!["get"]!.parameters[0]!.schema).toHaveProperty("format");
});

test("the API describes itself", async () => {
  const { send } = adminInMemory();
  const { body } = await send("GET", "/openapi.json");
  const { paths, components } = body as {
    paths: Record<string, Record<string, unknown>>;
    components: { schemas: Record<string, { properties: Record<string, unknown>; required?: string[] }> };
  };
  expect(body["openapi"]).toBe("3.1.0");
  expect(Object.keys(paths["/services/{services}"] ?? {}).sort()).toEqual(["delete", "get", "patch", "put"]);
  expect(components.schemas["services"]).toMatchObject({
    anyOf: [{ required: ["host"] }, { required: ["url"] }],
  });
  expect(components.schemas["services_changes"]).not.toHaveProperty("anyOf");
  expect(components.schemas["services"]?.properties["port"]).toMatchObject({
    type: "integer",
    maximum: 65_535,
  });
  expect(components.schemas["routes"]?.properties).toMatchObject({
    id: { type: ["string", "null"], format: "uuid" },
    name: { minLength: 1 },
    https_redirect_status_code: { enum: [426, 301, 302, 307, 308] },
    service: { type: ["object", "null"], required: ["id"] },
    methods: { items: { type: "string", allOf: [{ pattern: "^[A-Z]+$" }] } },
  });
  const references = JSON.stringify(paths).match(/#\/components\/schemas\/\w+/g) ?? [];
  const missing = references.filter((name) => !Object.hasOwn(components.schemas, name.slice(21)));
  expect(missing).toEqual([]);
});

import { expect, test } from "vitest";

import { countingAuto, entities } from "../../test/support/entities.ts";
import type { Values } from "../schema/index.ts";
import { emptyHash, load } from "./index.ts";
import { md5 } from "../uuid/md5.ts";
import type { Loaded, Tables } from "./index.ts";

const attempt = (source: string | Values) => load(source, { entities, auto: countingAuto() });
const document = (rest: Values): Values => ({ _format_version: "3.0", ...rest });

function loaded(source: string | Values): Loaded {
  const result = attempt(source);
  if (!result.ok) throw new Error(result.error.message);
  return result;
}

const errors = (source: string | Values): unknown => {
  const result = attempt(source);
  return result.ok ? undefined : result.error.fields;
};

const idsOf = (tables: Tables, name: string): string[] => Object.keys(tables[name] ?? {});

test.each([
  ["services", { name: "foo", host: "h" }, "2933fbcc-9d7c-54a7-a984-fe2bde836cea"],
  ["services", { name: "my-service", host: "h" }, "0855b320-0dd2-547d-891d-601e9b38647f"],
  ["routes", { name: "my-route", paths: ["/"] }, "481a9539-f49c-51b6-b2e2-fe99ee68866c"],
  ["consumers", { username: "my-user" }, "4b1b701d-de2b-5588-9aa2-3b97061d9f52"],
  ["consumers", { username: "some.username" }, "782780c4-d345-5682-bdf6-722dccaf93e0"],
])("%s %j always gets the same id", (name, row, id) => {
  expect(idsOf(loaded(document({ [name]: [row] })).entities, name)).toEqual([id]);
});

test("rows without a name get new ids", () => {
  const { entities: tables } = loaded(document({ services: [{ host: "h" }], routes: [{ paths: ["/"] }] }));
  expect(tables["services"]).toHaveProperty("00000000-0000-4000-9000-000000000001");
  expect(tables["routes"]).toHaveProperty("00000000-0000-4000-9000-000000000002");
});

test("nested rows refer to the row around them, at any depth", () => {
  const { entities: tables } = loaded(
    document({
      services: [
        { name: "s", host: "h", routes: [{ name: "r", paths: ["/"], plugins: [{ name: "key-auth" }] }] },
      ],
    }),
  );
  const [service] = idsOf(tables, "services");
  const [route] = Object.values(tables["routes"]!);
  const [plugin] = Object.values(tables["plugins"]!);
  expect(route).toMatchObject({ service: { id: service } });
  expect(plugin).toMatchObject({ route: { id: route!["id"] }, service: null, consumer: null });
});

test("a reference may name its row before it is declared", () => {
  const { entities: tables } = loaded(
    document({ routes: [{ name: "r", paths: ["/"], service: "s" }], services: [{ name: "s", host: "h" }] }),
  );
  expect(Object.values(tables["routes"]!)[0]).toMatchObject({
    service: { id: idsOf(tables, "services")[0] },
  });
});

test("the same rows flat and nested get the same ids", () => {
  const nested = loaded(
    document({ upstreams: [{ name: "u.test", targets: [{ target: "h:80" }] }] }),
  ).entities;
  const again = loaded(document({ upstreams: [{ name: "u.test", targets: [{ target: "h:80" }] }] })).entities;
  expect(idsOf(nested, "targets")).toEqual(idsOf(again, "targets"));
});

test("comments and ignored parts are allowed everywhere and dropped", () => {
  const source = document({
    _comment: "c",
    _ignore: [1],
    services: [{ name: "s", host: "h", _comment: "c", _ignore: ["x"] }],
  });
  expect(Object.values(loaded(source).entities["services"]!)[0]).not.toHaveProperty("_comment");
  expect(errors(document({ _comment: 5, services: [{ host: "h", _ignore: "x" }] }))).toEqual({
    _comment: "expected a string",
    services: [{ _ignore: "expected an array" }],
  });
});

test("every problem of the document is told at once", () => {
  const source = {
    nope: 1,
    services: [{ host: "h" }, { port: "x", routes: [{ paths: ["a"] }] }],
    consumers: "x",
  };
  expect(errors(source)).toEqual({
    _format_version: "required field missing",
    nope: "unknown field",
    services: [
      null,
      {
        host: "required field missing",
        port: "expected an integer",
        routes: [{ paths: ["should start with: / (fixed path) or ~/ (regex path)"] }],
      },
    ],
    consumers: "expected an array",
  });
});

// Kong answers 500 to these.
test.each([
  [{ services: [null] }, { services: ["expected a record"] }],
  [{ services: [{ host: "h" }, "x"] }, { services: [null, "expected a record"] }],
  [{ services: [{ host: "h", routes: [5] }] }, { services: [{ routes: ["expected a record"] }] }],
  [
    { plugins: [{ name: "key-auth", service: 5 }] },
    { plugins: [{ service: { id: "missing primary key" } }] },
  ],
  [{ plugins: [{ name: 5 }] }, { plugins: [{ name: "expected a string" }] }],
  [
    { plugins: [{ name: "key-auth", service: "nope", id: "a3ad71a8-6685-4b03-a101-980a953544f6" }] },
    {
      plugins: {
        "a3ad71a8-6685-4b03-a101-980a953544f6": [
          "invalid reference 'service: nope' (no such entry in 'services')",
        ],
      },
    },
  ],
])("%j is refused, not a crash", (rest, fields) => {
  expect(errors(document(rest))).toEqual(fields);
});

test.each(["5", '"text"', "[1]", "- a\n- b\n", "", "true"])("the text %j is no document", (text) => {
  expect(errors(text)).toEqual({ error: "failed parsing declarative configuration: expected an object" });
});

test.each(["{}", "[]", "null"])("the text %s is a document without a version", (text) => {
  expect(errors(text)).toEqual({ _format_version: "required field missing" });
});

test("a written time of the last change is checked, but not kept", () => {
  expect(errors(document({ services: [{ host: "h", updated_at: "x" }] }))).toEqual({
    services: [{ updated_at: "expected an integer" }],
  });
  const { entities: tables } = loaded(document({ services: [{ host: "h", updated_at: 5, created_at: 5 }] }));
  expect(Object.values(tables["services"]!)[0]).toMatchObject({ updated_at: 1_700_000_000, created_at: 5 });
});

test("the same key twice is an error at the second place", () => {
  const twice = { name: "s", host: "h" };
  expect(errors(document({ services: [twice, twice] }))).toEqual({
    services: [null, "uniqueness violation: 'services' entity with name set to 's' already declared"],
  });
  const id = "a3ad71a8-6685-4b03-a101-980a953544f6";
  expect(
    errors(
      document({ services: [{ host: "h", routes: [{ id, paths: ["/"] }] }], routes: [{ id, paths: ["/"] }] }),
    ),
  ).toEqual({
    routes: [`uniqueness violation: 'routes' entity with primary key set to '${id}' already declared`],
  });
});

test("the same value of another unique field is told under the row's name", () => {
  expect(
    errors(
      document({
        consumers: [
          { username: "a", custom_id: "c" },
          { username: "b", custom_id: "c" },
        ],
      }),
    ),
  ).toEqual({
    consumers: { b: "uniqueness violation: 'consumers' entity with custom_id set to 'c' already declared" },
  });
});

test("an entity may be named like a property of every object", () => {
  const { entities: tables } = loaded(
    document({ consumers: [{ username: "__proto__" }, { username: "constructor" }] }),
  );
  expect(idsOf(tables, "consumers")).toHaveLength(2);
  expect(errors(JSON.parse('{"_format_version":"3.0","__proto__":[],"constructor":[]}') as Values)).toSatisfy(
    (fields: object) => Object.keys(fields).join() === "__proto__,constructor",
  );
  expect(errors(document({ routes: [{ name: "__proto__", paths: ["/"], service: "x" }] }))).toSatisfy(
    (fields: { routes: object }) => Object.keys(fields.routes).join() === "__proto__",
  );
});

test("write transformations are applied unless the document says it has been done", () => {
  const consumers = [{ username: "bob", basicauth_credentials: [{ username: "u", password: "p" }] }];
  const hashed = loaded(document({ consumers }));
  expect(Object.values(hashed.entities["basicauth_credentials"]!)[0]).toMatchObject({ password: "hashed p" });
  expect(Object.values(hashed.declared["basicauth_credentials"]!)[0]).toMatchObject({ password: "p" });
  const plain = loaded(document({ _transform: false, consumers }));
  expect(Object.values(plain.entities["basicauth_credentials"]!)[0]).toMatchObject({ password: "p" });
});

test("workspaces are checked and left out", () => {
  expect(loaded(document({ workspaces: [{ name: "other" }] })).entities).toEqual({});
  expect(errors(document({ workspaces: [{}] }))).toEqual({
    workspaces: [{ name: "required field missing" }],
  });
});

test("a text is named by its MD5, an empty configuration by zeros", () => {
  const text = '{"_format_version":"3.0","services":[{"host":"h"}]}';
  expect(loaded(text).hash).toBe(md5(text));
  expect(loaded('{"_format_version":"3.0"}').hash).toBe(emptyHash);
});

test("an object is named by its content, whatever the order it was written in", () => {
  const first = loaded({ _format_version: "3.0", services: [{ host: "h", name: "s" }] });
  const second = loaded({ services: [{ name: "s", host: "h" }], _format_version: "3.0" });
  expect(first.hash).toMatch(/^[0-9a-f]{32}$/);
  expect(second.hash).toBe(first.hash);
  expect(loaded(document({ services: [{ host: "h2", name: "s" }] })).hash).not.toBe(first.hash);
});

test("the document that is handed in is not changed", () => {
  const source = {
    _format_version: "2.1",
    services: [{ name: "s", host: "h", routes: [{ paths: ["/a[0-9]"] }] }],
  };
  const copy = structuredClone(source);
  const { entities: tables } = loaded(source);
  expect(source).toEqual(copy);
  expect(Object.values(tables["routes"]!)[0]).toMatchObject({ paths: ["~/a[0-9]"] });
});

test.each([
  ["1.1", ["/a\\d", "/plain", "/a.b", "/a|b", "/%41"], ["~/a\\d", "/plain", "/a.b", "~/a|b"]],
  ["3.0", ["/a[0-9]"], ["/a[0-9]"]],
])("format %s turns %j into %j", (version, paths, upgraded) => {
  const source = { _format_version: version, routes: [{ paths: paths.filter((path) => path !== "/%41") }] };
  expect(Object.values(loaded(source).entities["routes"]!)[0]).toMatchObject({ paths: upgraded });
});

import { expect, test } from "vitest";

import { countingAuto, credentials, entities, plugins } from "../../test/support/entities.ts";
import { atLeastOneOf, record, violationMessage } from "../schema/index.ts";
import {
  createEntities,
  parseRow,
  normalTarget,
  referenceKey,
  referenceProblem,
  uniqueFields,
} from "./index.ts";
import type { Row } from "./index.ts";

const entity = (name: string) => entities.get(name)!;

function made(name: string, given: Row): Row {
  const parsed = parseRow(entity(name), given, countingAuto());
  if (!parsed.ok) throw new Error(violationMessage(parsed.errors));
  return parsed.row;
}

const refused = (name: string, given: Row): unknown => {
  const parsed = parseRow(entity(name), given, countingAuto());
  return parsed.ok ? undefined : parsed.errors;
};

test("every core entity is there, and what plugins bring along", () => {
  const names = entities.all.map(({ name }) => name);
  for (const name of [
    "services",
    "routes",
    "consumers",
    "plugins",
    "upstreams",
    "targets",
    "certificates",
    "snis",
    "ca_certificates",
    "vaults",
    "keys",
    "key_sets",
    "workspaces",
    "parameters",
    "filter_chains",
    "keyauth_credentials",
  ])
    expect(names).toContain(name);
});

test("parents stand before their children", () => {
  const order = new Map(entities.all.map(({ name }, i) => [name, i]));
  for (const { name } of entities.all)
    for (const { parent } of entities.parentsOf(name))
      expect(order.get(parent)).toBeLessThan(order.get(name)!);
});

test("relations say what a deletion does", () => {
  const rule = (child: string, field: string) =>
    entities.parentsOf(child).find((relation) => relation.field === field)?.onDelete;
  expect(rule("routes", "service")).toBe("restrict");
  expect(rule("plugins", "service")).toBe("cascade");
  expect(rule("targets", "upstream")).toBe("cascade");
  expect(rule("keyauth_credentials", "consumer")).toBe("cascade");
  expect(rule("snis", "certificate")).toBe("restrict");
});

test("children are found from their parents", () => {
  expect(entities.childrenOf("upstreams").map(({ child }) => child)).toEqual(["targets"]);
  expect(entities.childrenOf("routes").map(({ child }) => child)).toEqual(["plugins", "filter_chains"]);
});

test("two entities of one name are refused at start", () => {
  expect(() => createEntities({ plugins, pluginEntities: [...credentials, credentials[0]!] })).toThrow(
    TypeError,
  );
});

test("a plugin's check on a field that it does not have is refused at start", () => {
  const broken = { config: record({}), checks: [atLeastOneOf("config.nope")] };
  expect(() => createEntities({ plugins: { broken } })).toThrow(TypeError);
});

test("every field of every entity is documented", () => {
  const undocumented = entities.all.flatMap(({ name, record: { record: spec } }) =>
    [...spec.fields].filter(([, field]) => !field.doc).map(([field]) => `${name}.${field}`),
  );
  expect(undocumented).toEqual([]);
});

test("a new row gets id and times", () => {
  expect(made("consumers", { username: "bob" })).toEqual({
    id: "00000000-0000-4000-9000-000000000001",
    created_at: 1_700_000_000,
    updated_at: 1_700_000_000,
    username: "bob",
    custom_id: null,
    tags: null,
  });
});

test("the time of the last change is not the caller's to say, that of the making is", () => {
  expect(made("consumers", { username: "bob", created_at: 5, updated_at: 5 })).toMatchObject({
    created_at: 5,
    updated_at: 1_700_000_000,
  });
});

test.each([
  ["http://h.test", { protocol: "http", host: "h.test", port: 80, path: null }],
  ["https://h.test", { protocol: "https", host: "h.test", port: 443, path: null }],
  ["https://h.test:8443/a/b?q#f", { protocol: "https", host: "h.test", port: 8443, path: "/a/b" }],
  ["http://user:secret@h.test/", { protocol: "http", host: "h.test", port: 80, path: "/" }],
  ["http://[::1]:8000", { protocol: "http", host: "::1", port: 8000, path: null }],
  ["grpc://h.test:9000", { protocol: "grpc", host: "h.test", port: 9000, path: null }],
])("the URL %s of a service sets its parts", (url, parts) => {
  expect(made("services", { url, port: 70_000, path: "ignored" })).toMatchObject(parts);
});

test("a URL that says nothing is refused by what is missing", () => {
  expect(Object.keys(refused("services", { url: null }) as Row)).toHaveLength(3);
  expect(refused("services", { url: "http://h.test:x" })).toEqual({ port: "expected an integer" });
  expect(refused("services", { url: 5 })).toEqual({
    host: "required field missing",
    url: "expected a string",
  });
});

test.each([
  [
    { algorithm: "least-connections", hash_on: "ip" },
    { algorithm: "least-connections", hash_on: "none" },
  ],
  [{ hash_on: "ip" }, { algorithm: "consistent-hashing", hash_on: "ip" }],
  [{ hash_on: "none" }, { algorithm: "round-robin", hash_on: "none" }],
  [{ algorithm: "consistent-hashing" }, { algorithm: "consistent-hashing", hash_on: "none" }],
])("the upstream %j gets %j", (given, result) => {
  expect(made("upstreams", { name: "u.test", ...given })).toMatchObject(result);
});

test("a plugin that is not installed is told by name, and nothing else", () => {
  expect(refused("plugins", { name: "nope", config: 5 })).toEqual({
    name: "plugin 'nope' not enabled; add it to the 'plugins' configuration property",
  });
  expect(refused("plugins", { config: {} })).toEqual({ name: "required field missing" });
  expect(refused("plugins", { name: 5 })).toEqual({ name: "expected a string" });
  expect(refused("plugins", { name: "__proto__" })).toMatchObject({
    name: expect.stringContaining("not enabled"),
  });
});

test("a plugin can't be bound where its schema forbids it", () => {
  const consumer = { id: "00000000-0000-4000-8000-000000000001" };
  expect(refused("plugins", { name: "key-auth", consumer })).toEqual({ consumer: "value must be null" });
  expect(refused("plugins", { name: "correlation-id", consumer })).toBeUndefined();
  expect(refused("plugins", { name: "key-auth", protocols: ["tcp"] })).toEqual({
    protocols: ["expected one of: grpc, grpcs, http, https"],
  });
});

test("a credential may expire", () => {
  const consumer = { id: "00000000-0000-4000-8000-000000000001" };
  expect(made("keyauth_credentials", { consumer, ttl: 60 })).toMatchObject({
    key: "secret-000000000002",
    ttl: 60,
  });
  expect(made("keyauth_credentials", { consumer })).not.toHaveProperty("ttl");
  expect(refused("keyauth_credentials", { consumer, ttl: "x" })).toHaveProperty("ttl");
  expect(refused("consumers", { username: "bob", ttl: 5 })).toEqual({ ttl: "unknown field" });
});

test("a regular expression is told where it stands when broken, and as a whole when the router can't run it", () => {
  expect(refused("routes", { paths: ["/a", "~/(b"] })).toEqual({
    paths: [
      null,
      "invalid regex: '/(b' (PCRE returned: pcre2_compile() failed: missing closing parenthesis in \"/(b\")",
    ],
  });
  expect(refused("routes", { paths: ["~/(?=b)"] })).toHaveProperty("@entity");
});

test.each(["/(?<a>b)c", "/(?P<a>b)", "/[]a]+", "/[[:digit:]]{2,3}?", "/a|b*", "/(?i)a", "/\\(", "/(?:a)+"])(
  "%s is well-formed",
  (pattern) => {
    expect(refused("routes", { paths: [`~${pattern}`] })).toBeUndefined();
  },
);

test.each([
  ["/a)", "unmatched closing parenthesis"],
  ["/[a", "missing terminating ] for character class"],
  ["/(*", "quantifier does not follow a repeatable item"],
  ["/a\\", "\\ at end of pattern"],
  ["/(?z", "unrecognized character after (? or (?-"],
])("%s is not: %s", (pattern, problem) => {
  const errors = refused("routes", { paths: [`~${pattern}`] }) as { paths: string[] };
  expect(errors.paths[0]).toContain(problem);
});

test("paths beyond ASCII are compared byte by byte", () => {
  expect(refused("routes", { paths: ["/日本"] })).toBeUndefined();
  expect(refused("routes", { paths: ["/日本/../b"] })).toEqual({
    paths: ["non-normalized path, consider use '/b' instead"],
  });
});

test("the traditional flavour knows no wildcard server names, expressions has its own fields", () => {
  const traditional = createEntities({ plugins, routerFlavor: "traditional" }).get("routes")!;
  expect(parseRow(traditional, { protocols: ["https"], snis: ["*.a.test"] }).ok).toBe(false);
  const expressions = createEntities({ plugins, routerFlavor: "expressions" }).get("routes")!;
  expect(parseRow(expressions, { expression: 'http.path == "/a"' })).toMatchObject({
    ok: true,
    row: { priority: 0 },
  });
  expect(parseRow(expressions, { expression: "x", paths: ["/a"] }).ok).toBe(false);
});

test("a reference is an id or a unique field of the other row", () => {
  const services = entity("services");
  expect(referenceProblem(services, { id: "a3ad71a8-6685-4b03-a101-980a953544f6" })).toBeUndefined();
  expect(referenceProblem(services, { name: "s" })).toBeUndefined();
  expect(referenceKey(services, { name: "s" })).toBe("name");
  expect(referenceProblem(services, { id: "x" })).toEqual({ id: "expected a valid UUID" });
  expect(referenceProblem(services, { nope: 1 })).toEqual({ nope: "unknown field" });
  expect(referenceProblem(services, {})).toEqual({ id: "missing primary key" });
  expect(uniqueFields(entity("consumers"))).toEqual(["username", "custom_id"]);
});

test.each([
  ["1.2.3.4", "1.2.3.4:8000"],
  ["1.2.3.4:65535", "1.2.3.4:65535"],
  ["H.Example.com:1", "H.Example.com:1"],
  ["a_b:1", "a_b:1"],
  ["::1", "[0000:0000:0000:0000:0000:0000:0000:0001]:8000"],
  ["[2001:db8::1]:443", "[2001:0db8:0000:0000:0000:0000:0000:0001]:443"],
  ["", undefined],
  ["*.a:80", undefined],
  ["1.2.3", undefined],
  ["1.2.3.4:", undefined],
  ["1.2.3.4:65536", undefined],
  ["1.2.3.4:x", undefined],
  ["[::1", undefined],
  ["http://a", undefined],
  ["ü:80", undefined],
])("the target %j is kept as %j", (target, kept) => {
  expect(normalTarget(target)).toBe(kept);
});

import { parse } from "yaml";
import { expect, test } from "vitest";

import { countingAuto, entities } from "../../test/support/entities.ts";
import type { Values } from "../schema/index.ts";
import { describeErrors, errorTree, exportDocument, exportYaml, load } from "./index.ts";
import type { ConfigError, Tables } from "./index.ts";

const attempt = (source: string | Values, flattenErrors = false) =>
  load(source, { entities, auto: countingAuto() }, { flattenErrors });

function tablesOf(source: string | Values): Tables {
  const result = attempt(source);
  if (!result.ok) throw new Error(result.error.message);
  return result.entities;
}

const errorOf = (source: string | Values): ConfigError => {
  const result = attempt(source);
  if (result.ok) throw new Error("loaded");
  return result.error;
};

const full: Values = {
  _format_version: "3.0",
  services: [
    {
      name: "s",
      url: "https://h.test/a",
      tags: ["yes", "3.0"],
      routes: [{ name: "r", paths: ["~/a: [0-9]+$"], plugins: [{ name: "key-auth" }] }],
    },
  ],
  consumers: [{ username: "bob", custom_id: "null", keyauth_credentials: [{ key: "0123", ttl: 60 }] }],
  upstreams: [{ name: "u.test", targets: [{ target: "h:80" }] }],
  workspaces: [{ name: "other" }],
  parameters: [{ key: "k", value: "two\nlines" }],
};

test("an export is flat, with references as ids, nulls written out and parents first", () => {
  const document = exportDocument(tablesOf(full), entities);
  expect(Object.keys(document)).toEqual([
    "_format_version",
    "_transform",
    "consumers",
    "services",
    "routes",
    "upstreams",
    "targets",
    "plugins",
    "keyauth_credentials",
  ]);
  const [service] = document["services"] as Values[];
  const [route] = document["routes"] as Values[];
  expect(route).toMatchObject({ service: service!["id"], hosts: null });
});

test("what is exported loads to the same rows", () => {
  const tables = tablesOf(full);
  const text = exportYaml(tables, entities);
  const { parameters: _, ...kept } = tables;
  expect(JSON.parse(JSON.stringify(tablesOf(text)))).toEqual(JSON.parse(JSON.stringify(kept)));
  expect(exportYaml(tablesOf(text), entities)).toBe(text);
});

test("texts that YAML could take for something else are quoted", () => {
  const text = exportYaml(tablesOf(full), entities);
  expect(text).toMatch(/^_format_version: '3\.0'\n_transform: false\n/);
  expect(text).toContain("\n  - 'yes'\n");
  expect(text).toContain("\n  path: /a\n");
  expect(text).toContain("\n  hosts: ~\n");
  expect(text).toContain("\n  key: '0123'\n");
  expect(text).toContain("\n  custom_id: 'null'\n");
  expect(parse(text)).toMatchObject({ _transform: false });
});

test("an export of nothing is a document without rows", () => {
  expect(exportYaml({}, entities)).toBe("_format_version: '3.0'\n_transform: false\n");
});

const bad: Values = {
  _format_version: "3.0",
  services: [{ foo: 1, routes: [{ paths: ["/a"] }, { paths: ["/a", "b"] }] }],
  routes: [{}],
  nope: 1,
};

test("problems read as one line each, with path and reason", () => {
  expect(describeErrors(errorOf(bad)).sort()).toEqual([
    "nope: unknown field",
    "routes[0]: must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https'",
    "services[0].foo: unknown field",
    "services[0].host: required field missing",
    "services[0].routes[1].paths[1]: should start with: / (fixed path) or ~/ (regex path)",
  ]);
  expect(describeErrors(errorOf("a: b: c"))).toEqual([
    "failed parsing declarative configuration: 1:4: mapping values are not allowed in this context",
  ]);
});

test("the tree shows where a problem stands", () => {
  expect(errorTree(errorOf({ _format_version: "3.0", routes: [{}], services: [{ foo: 1 }] }))).toEqual([
    "in 'routes':",
    "  - in entry 1 of 'routes':",
    "    in '@entity':",
    "      - in entry 1 of '@entity': must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https'",
    "in 'services':",
    "  - in entry 1 of 'services':",
    "    in 'host': required field missing",
    "    in 'foo': unknown field",
  ]);
  expect(errorTree(errorOf("a: b: c"))).toEqual([
    "failed parsing declarative configuration: 1:4: mapping values are not allowed in this context",
  ]);
});

test("flattened problems come by row, with the reference that nesting stands for", () => {
  const id = "a3ad71a8-6685-4b03-a101-980a953544f6";
  const result = attempt(
    {
      _format_version: "3.0",
      nope: 1,
      services: [{ id, name: "s", host: "h", routes: [{ name: "r", tags: ["t"], paths: ["b"] }] }],
    },
    true,
  );
  expect(result).toMatchObject({
    ok: false,
    error: {
      fields: { nope: "unknown field" },
      message: 'declarative config is invalid: {nope="unknown field"}',
      flattened_errors: [
        {
          entity_type: "route",
          entity_name: "r",
          entity_tags: ["t"],
          entity: { name: "r", tags: ["t"], paths: ["b"], service: { id } },
          errors: [
            {
              type: "field",
              field: "paths.1",
              message: "should start with: / (fixed path) or ~/ (regex path)",
            },
          ],
        },
      ],
    },
  });
});

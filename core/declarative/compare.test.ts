import { expect, test } from "vitest";
import { countingAuto, entities } from "../../test/support/entities.ts";
import type { Tables } from "../store/index.ts";
import { compareTables, load } from "./index.ts";

const tables = (rest: Record<string, unknown>): Tables => {
  const result = load({ _format_version: "3.0", ...rest }, { entities, auto: countingAuto() });
  if (!result.ok) throw new Error(result.error.message);
  return result.entities as unknown as Tables;
};

const service = { name: "s", host: "h" };
const told = (current: Record<string, unknown>, wanted: Record<string, unknown>): string[] =>
  compareTables(tables(current), tables(wanted), entities).map(({ kind, entity, name, fields }) =>
    [kind, entity, name, ...fields].join(" "),
  );

test("the same configuration does not differ, in whatever order it was written", () => {
  const route = { name: "r", paths: ["/a"], methods: ["GET", "POST"] };
  expect(
    told(
      { services: [service], routes: [{ ...route, service: "s" }] },
      { services: [{ ...service, routes: [{ ...route, methods: ["POST", "GET"] }] }] },
    ),
  ).toEqual([]);
});

test("what came, changed and went is told, parents first", () => {
  expect(
    told(
      { services: [service], consumers: [{ username: "ada" }] },
      {
        services: [{ ...service, host: "other", port: 81 }],
        routes: [{ name: "r", paths: ["/"], service: "s" }],
      },
    ),
  ).toEqual(["delete consumers ada", "update services s host port", "create routes r"]);
});

test("rows with other ids are the same when their names are, and so are rows that refer to them", () => {
  const other = { id: "6f1b0c56-3c0a-4f0e-9a43-0e6f7b0c3a11", ...service };
  const plugins = [{ name: "key-auth", service: "s" }];
  expect(told({ services: [other], plugins }, { services: [service], plugins })).toEqual([]);
  expect(
    told(
      { services: [other], plugins },
      { services: [service], plugins: [{ ...plugins[0], enabled: false }] },
    ),
  ).toEqual(["update plugins key-auth enabled"]);
});

import { expect, test } from "vitest";
import { entities } from "../../test/support/entities.ts";
import { array, atLeastOneOf, record, string } from "../schema/index.ts";
import { printEntity, printPlugin } from "./index.ts";

const entity = (name: string) => entities.get(name)!;

test("a schema prints in order, without what only code knows", () => {
  expect(printEntity(entity("targets"))).toMatchObject({
    entity_checks: [],
    fields: [
      { id: { auto: true, type: "string", uuid: true } },
      { created_at: { auto: true, timestamp: true, type: "number" } },
      { updated_at: { auto: true, timestamp: true, type: "number" } },
      { upstream: { on_delete: "cascade", reference: "upstreams", required: true, type: "foreign" } },
      { target: { required: true, type: "string" } },
      { weight: { between: [0, 65_535], default: 100, type: "integer" } },
      { tags: { elements: { type: "string" }, type: "set" } },
    ],
  });
  expect(JSON.stringify(entities.all.map(printEntity))).not.toContain("function");
});

test("a plugin prints what is special to it", () => {
  const config = record({ list: array(string(), { doc: "List." }) });
  const printed = printPlugin({
    config,
    noConsumer: true,
    protocols: ["http"],
    checks: [atLeastOneOf("config.list")],
  });
  expect(printed).toMatchObject({
    entity_checks: [{ at_least_one_of: ["config.list"] }],
    fields: [
      { consumer: { eq: null, reference: "consumers", type: "foreign" } },
      { protocols: { default: ["http"], elements: { one_of: ["http"] }, required: true, type: "set" } },
      {
        config: {
          type: "record",
          required: true,
          fields: [{ list: { type: "array", elements: { type: "string" } } }],
        },
      },
    ],
  });
});

test("a plugin for any protocol prints those it has by default, from which clients fill theirs", () => {
  expect(printPlugin({ config: record({}) })["fields"]).toMatchObject([
    { protocols: { default: ["grpc", "grpcs", "http", "https"], elements: { type: "string" } } },
    { config: { type: "record" } },
  ]);
});

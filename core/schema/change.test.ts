import { expect, test } from "vitest";

import {
  array,
  echoOldNames,
  fromForm,
  integer,
  boolean,
  map,
  mergeChanges,
  number,
  parse,
  printField,
  record,
  redis,
  renamed,
  string,
} from "./index.ts";

const text = string({ doc: "A text." });

test("changes merge records, and replace lists and maps", () => {
  const { record: spec } = record({
    inner: record({ a: text, b: text }, { doc: "Inner." }),
    list: array(string(), { doc: "List." }),
    names: map(string(), string(), { doc: "Map." }),
  });
  const stored = { inner: { a: "1", b: "2" }, list: ["a"], names: { x: "1" } };
  expect(mergeChanges(spec, stored, { inner: { b: null }, list: ["b"], names: { y: "2" } })).toEqual({
    inner: { a: "1", b: null },
    list: ["b"],
    names: { y: "2" },
  });
  expect(stored.inner).toEqual({ a: "1", b: "2" });
});

const notice = {
  message: "config.redis_host is deprecated, please use config.redis.host instead",
  removal_in_version: "4.0",
};
const config = record(
  { redis: redis("The server.") },
  { shorthands: { redis_host: renamed(string(), "redis.host", notice) } },
);

test("an old name sets the field that took its place", () => {
  expect(parse(config, { redis_host: "a.test" })).toMatchObject({
    ok: true,
    value: { redis: { host: "a.test", port: 6379 } },
  });
  expect(parse(config, { redis_host: "a.test", redis: { port: 1 } })).toMatchObject({
    ok: true,
    value: { redis: { host: "a.test", port: 1 } },
  });
});

test("old and new name together have to agree", () => {
  expect(parse(config, { redis_host: "a.test", redis: { host: "a.test" } }).ok).toBe(true);
  expect(parse(config, { redis_host: null, redis: { host: "a.test" } })).toMatchObject({
    ok: true,
    value: { redis: { host: "a.test" } },
  });
  expect(parse(config, { redis_host: "a.test", redis: { host: "b.test" } })).toMatchObject({
    ok: false,
    errors: { redis_host: expect.stringContaining("their values mismatch") },
  });
});

test("an old name is checked as itself", () => {
  expect(parse(config, { redis_host: 5 })).toEqual({
    ok: false,
    errors: { redis_host: "expected a string" },
  });
});

test("answers show old names beside the new ones", () => {
  const outer = record({ config: { ...config, doc: "Options." } });
  const parsed = parse(outer, { config: { redis_host: "a.test" } });
  expect(parsed.ok && echoOldNames(outer.record, parsed.value)).toMatchObject({
    config: { redis_host: "a.test", redis: { host: "a.test" } },
  });
});

test("the published schema tells what an old name became", () => {
  expect(printField(config)).toMatchObject({
    shorthand_fields: [
      {
        redis_host: {
          type: "string",
          deprecation: { ...notice, replaced_with: [{ path: ["redis", "host"] }] },
        },
      },
    ],
  });
});

test("form texts become what the schema expects", () => {
  const { record: spec } = record({
    count: integer({ doc: "Count." }),
    rate: number({ doc: "Rate." }),
    on: boolean({ doc: "On." }),
    list: array(integer(), { doc: "List." }),
    names: map(string(), array(string()), { doc: "Map." }),
    inner: record({ on: boolean({ doc: "On." }) }, { doc: "Inner." }),
    plain: text,
  });
  expect(
    fromForm(spec, {
      count: "5",
      rate: "1e3",
      on: "true",
      list: "7",
      names: { a: "b" },
      inner: { on: "false" },
      plain: "",
      more: "x",
    }),
  ).toEqual({
    count: 5,
    rate: 1000,
    on: true,
    list: [7],
    names: { a: ["b"] },
    inner: { on: false },
    plain: null,
    more: "x",
  });
});

test("form texts that fit no type stay, to be refused", () => {
  const { record: spec } = record({ count: integer({ doc: "Count." }), on: boolean({ doc: "On." }) });
  expect(fromForm(spec, { count: "five", on: "yes" })).toEqual({ count: "five", on: "yes" });
});

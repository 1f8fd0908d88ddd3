import { expect, test } from "vitest";

import {
  array,
  atLeastOneOf,
  boolean,
  conditional,
  conditionalAtLeastOneOf,
  customCheck,
  distinct,
  integer,
  json,
  map,
  mutuallyExclusive,
  mutuallyRequired,
  onlyOneOf,
  parse,
  record,
  set,
  string,
} from "./index.ts";
import type { Check, RecordField, Values } from "./index.ts";

const errorsOf = (schema: RecordField, value: unknown): unknown => {
  const parsed = parse(schema, value);
  return parsed.ok ? undefined : parsed.errors;
};

const text = string({ doc: "A text." });
const three = (check: Check): RecordField => record({ a: text, b: text, c: text }, { checks: [check] });

test("every problem is told at its place", () => {
  const schema = record({
    on: boolean({ required: true, doc: "On." }),
    inner: record({ list: array(integer(), { doc: "List." }) }, { doc: "Inner." }),
  });
  expect(errorsOf(schema, { on: "x", inner: { list: [1, "y"], more: 1 }, extra: 2 })).toEqual({
    on: "expected a boolean",
    inner: { list: [null, "expected an integer"], more: "unknown field" },
    extra: "unknown field",
  });
});

test("what is absent reads its default, else null", () => {
  const schema = record({
    list: array(string(), { default: ["a"], doc: "List." }),
    plain: text,
    must: record({ on: boolean({ default: true, doc: "On." }) }, { required: true, doc: "Filled." }),
    may: record({ on: boolean({ default: true, doc: "On." }) }, { doc: "Null." }),
  });
  expect(parse(schema, {})).toEqual({
    ok: true,
    value: { list: ["a"], plain: null, must: { on: true }, may: null },
  });
});

test("a default is a new value each time", () => {
  const schema = record({ list: array(string(), { required: true, default: ["a"], doc: "List." }) });
  const first = parse(schema, {});
  if (first.ok) first.value.list.push("b");
  expect(parse(schema, {})).toEqual({ ok: true, value: { list: ["a"] } });
});

test("null stays null where a default would stand", () => {
  expect(parse(record({ a: string({ default: "x", doc: "A." }) }), { a: null })).toEqual({
    ok: true,
    value: { a: null },
  });
});

test("a set drops repeated elements", () => {
  expect(parse(record({ s: set(string(), { doc: "Set." }) }), { s: ["a", "b", "a"] })).toEqual({
    ok: true,
    value: { s: ["a", "b"] },
  });
});

test("the input is never changed", () => {
  const schema = record({
    list: array(string(), { doc: "List." }),
    inner: record({ a: text }, { required: true, doc: "Inner." }),
  });
  const input = { list: ["a"] };
  const parsed = parse(schema, input);
  if (parsed.ok) parsed.value.list?.push("b");
  expect(input).toEqual({ list: ["a"] });
});

test("automatic fields come from the source that is given", () => {
  const schema = record({
    id: string({ uuid: true, auto: true, doc: "Id." }),
    at: integer({ timestamp: true, auto: true, doc: "Time." }),
    key: string({ auto: true, doc: "Key." }),
  });
  const auto = { nowMs: () => 1_500, uuid: () => "a3ad71a8-6685-4b03-a101-980a953544f6", secret: () => "s" };
  expect(parse(schema, {}, auto)).toEqual({
    ok: true,
    value: { id: "a3ad71a8-6685-4b03-a101-980a953544f6", at: 1, key: "s" },
  });
  expect(parse(schema, { id: null }, auto)).toMatchObject({ ok: true, value: { id: null } });
});

test("a record that is no object is told as a whole", () => {
  for (const value of [null, 1, "x", [], undefined])
    expect(errorsOf(record({ a: text }), value)).toEqual({ "@entity": ["expected a record"] });
});

test("a check in code replaces the record's errors by its text", () => {
  const schema = record({
    inner: record(
      { a: text, b: text },
      { doc: "Inner.", check: ({ a, b }) => (a === b ? "a equals b" : undefined) },
    ),
  });
  expect(errorsOf(schema, { inner: { a: "x", b: "x" } })).toEqual({ inner: "a equals b" });
  expect(errorsOf(schema, { inner: { a: 1, b: 1 } })).toEqual({
    inner: { a: "expected a string", b: "expected a string" },
  });
});

const counted: [string, Check, Values, string | undefined][] = [
  ["at least one", atLeastOneOf("a", "b"), {}, "at least one of these fields must be non-empty: 'a', 'b'"],
  ["at least one", atLeastOneOf("a", "b"), { b: "x" }, undefined],
  [
    "exactly one",
    onlyOneOf("a", "b"),
    { a: "x", b: "y" },
    "exactly one of these fields must be non-empty: 'a', 'b'",
  ],
  ["exactly one", onlyOneOf("a", "b"), { a: "x" }, undefined],
  [
    "one or none",
    mutuallyExclusive("a", "b"),
    { a: "x", b: "y" },
    "only one or none of these fields must be set: 'a', 'b'",
  ],
  ["one or none", mutuallyExclusive("a", "b"), {}, undefined],
  [
    "all or none",
    mutuallyRequired("a", "b"),
    { a: "x" },
    "all or none of these fields must be set: 'a', 'b'",
  ],
  ["all or none", mutuallyRequired("a", "b"), { a: "x", b: "y" }, undefined],
  ["distinct", distinct("a", "b"), { a: "x", b: "x" }, "values of these fields must be distinct: 'a', 'b'"],
  ["distinct", distinct("a", "b"), {}, undefined],
];

test.each(counted)("%s: %#", (_, check, value, message) => {
  expect(errorsOf(three(check), value)).toEqual(message === undefined ? undefined : { "@entity": [message] });
});

test("a condition tells the field that breaks it, and why it is looked at", () => {
  const schema = three(
    conditional({ if_field: "a", if_match: { eq: "x" }, then_field: "b", then_match: { required: true } }),
  );
  expect(errorsOf(schema, { a: "y" })).toBeUndefined();
  expect(errorsOf(schema, { a: "x" })).toEqual({
    "@entity": ["failed conditional validation given value of field 'a'"],
    b: "required field missing",
  });
  expect(errorsOf(schema, { a: 1 })).toEqual({ a: "expected a string" });
});

test("a condition may look into records", () => {
  const schema = record(
    { mode: text, far: record({ host: text }, { required: true, doc: "Far." }) },
    {
      checks: [
        conditional({
          if_field: "mode",
          if_match: { eq: "far" },
          then_field: "far.host",
          then_match: { required: true },
        }),
      ],
    },
  );
  expect(errorsOf(schema, { mode: "far" })).toEqual({
    "@entity": ["failed conditional validation given value of field 'mode'"],
    far: { host: "required field missing" },
  });
});

test("a condition may demand one of several fields", () => {
  const schema = three(
    conditionalAtLeastOneOf({
      if_field: "a",
      if_match: { eq: "x" },
      then_at_least_one_of: ["b", "c"],
      then_err: "b or c for %s",
    }),
  );
  expect(errorsOf(schema, { a: "x" })).toEqual({ "@entity": ['b or c for "x"'] });
  expect(errorsOf(schema, { a: "x", c: "y" })).toBeUndefined();
});

test("a check across fields does not run on wrong ones unless it asks for them", () => {
  const seen: string[] = [];
  const check = (name: string, run_with_invalid_fields?: boolean): Check =>
    customCheck({
      field_sources: ["a"],
      ...(run_with_invalid_fields && { run_with_invalid_fields }),
      check: () => void seen.push(name),
    });
  const schema = record({ a: text }, { checks: [check("careful"), check("careless", true)] });
  parse(schema, { a: 1 });
  expect(seen).toEqual(["careless"]);
});

test("a check may tell several fields at once", () => {
  const schema = three(
    customCheck({ field_sources: ["a"], check: () => ({ a: "bad", "@entity": ["worse"] }) }),
  );
  expect(errorsOf(schema, {})).toEqual({ a: "bad", "@entity": ["worse"] });
});

test("a check that names a field which is not there fails when the schema is made", () => {
  expect(() => three(atLeastOneOf("a", "nope"))).toThrow(TypeError);
  expect(() =>
    three(conditional({ if_field: "a.b", if_match: {}, then_field: "a", then_match: {} })),
  ).toThrow(TypeError);
});

const hostile = ["__proto__", "constructor", "hasOwnProperty", "toString"];

test.each(hostile)("%s is an unknown field like any other", (field) => {
  const value = JSON.parse(`{"a":"x","${field}":{"a":"polluted"}}`) as unknown;
  const errors = errorsOf(record({ a: text }), value) as Values;
  expect(Object.entries(errors)).toEqual([[field, "unknown field"]]);
  expect(({} as { a?: string }).a).toBeUndefined();
});

test.each(hostile)("%s is a name in a map and in JSON like any other", (field) => {
  const schema = record({ m: map(string(), string(), { doc: "Map." }), j: json({ doc: "JSON." }) });
  const parsed = parse(schema, JSON.parse(`{"m":{"${field}":"x"},"j":{"${field}":"y"}}`));
  expect(parsed.ok).toBe(true);
  if (!parsed.ok) return;
  expect(Object.entries(parsed.value.m!)).toEqual([[field, "x"]]);
  expect(JSON.stringify(parsed.value.j)).toBe(`{"${field}":"y"}`);
});

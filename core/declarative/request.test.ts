import { expect, test } from "vitest";

import { readConfigRequest } from "./index.ts";

const read = (contentType: string | undefined, body: string, query: Record<string, string> = {}) =>
  readConfigRequest(contentType, new TextEncoder().encode(body), new Map(Object.entries(query)));

test("a JSON object is the document, with unknown query parameters in it", () => {
  const options = { b: "2", check_hash: "1", flatten_errors: "1" };
  expect(read("application/json; charset=utf-8", '{"_format_version":null,"config":"x"}', options)).toEqual({
    ok: true,
    source: { _format_version: null, config: "x", b: "2" },
    checkHash: false,
    flattenErrors: true,
  });
});

test.each([
  ["JSON", "application/json", '{"config":"a: 1","x":2}'],
  ["a form", "application/x-www-form-urlencoded", "config=a%3A+1&x=2"],
  [
    "multipart",
    "multipart/form-data; boundary=B",
    '--B\r\nContent-Disposition: form-data; name="config"; filename="a.yml"\r\n\r\na: 1\r\n--B--\r\n',
  ],
  ["YAML", "application/yaml", "a: 1"],
  ["YAML of another name", "text/yaml; charset=utf-8", "a: 1"],
])("%s may carry the text", (_, contentType, body) => {
  expect(read(contentType, body, { check_hash: "1" })).toEqual({
    ok: true,
    source: "a: 1",
    checkHash: true,
    flattenErrors: false,
  });
});

test("the options may stand in the body", () => {
  expect(read("application/json", '{"config":"a: 1","check_hash":"1","flatten_errors":true}')).toEqual({
    ok: true,
    source: "a: 1",
    checkHash: true,
    flattenErrors: true,
  });
});

test.each([
  ["1", true],
  ["true", true],
  ["on", true],
  ["yes", true],
  ["", true],
  ["0", false],
  ["false", false],
])("flatten_errors=%s is %s", (flatten_errors, flattenErrors) => {
  expect(read("application/yaml", "a: 1", { flatten_errors })).toMatchObject({ flattenErrors });
});

test("only check_hash=1 asks for a comparison", () => {
  expect(read("application/yaml", "a: 1", { check_hash: "true" })).toMatchObject({ checkHash: false });
});

test.each([
  undefined,
  "text/plain",
  "application/octet-stream",
  "application/x-yaml",
  "Application/JSON",
  "",
])("the media type %j is refused", (contentType) => {
  expect(read(contentType, "a: 1")).toEqual({ ok: false, status: 415, body: undefined });
});

test.each(["5", '"x"', "[]", '{"services":[]}'])(
  "the JSON body %s without a version is read as a text",
  (body) => {
    expect(read("application/json", body)).toMatchObject({ ok: true, source: body });
  },
);

test("a configuration in a field of another type is read as JSON", () => {
  expect(read("application/json", '{"config":{"_format_version":"3.0"}}')).toMatchObject({
    ok: true,
    source: '{"_format_version":"3.0"}',
  });
});

test.each(["", "{"])("the JSON body %j is refused", (body) => {
  expect(read("application/json", body)).toEqual({
    ok: false,
    status: 400,
    body: { message: "Cannot parse JSON body" },
  });
});

test.each([
  [undefined, ""],
  ["application/yaml", ""],
  ["text/yaml", " \n"],
])("%j with the body %j holds no configuration", (contentType, body) => {
  expect(read(contentType, body)).toEqual({
    ok: false,
    status: 400,
    body: { message: "expected a declarative configuration" },
  });
});

test("a form field named __proto__ is data", () => {
  expect(read("application/x-www-form-urlencoded", "__proto__=x&config=a%3A+1")).toMatchObject({
    ok: true,
    source: "a: 1",
  });
});

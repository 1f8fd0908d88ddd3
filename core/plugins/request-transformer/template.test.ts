import { describe, expect, test } from "vitest";
import type { Table } from "../../pdk/lua/value.ts";
import { parseTemplate, templateProblem } from "./template.ts";

const table = (values: Record<string, string | true>): Table => ({
  get: (key) => (Object.hasOwn(values, key) ? values[String(key)] : undefined),
});
const surroundings = new Map([
  ["headers", table({ host: "h.test", authorization: "Bearer x" })],
  ["query_params", table({ q: "hello", n: "7" })],
]);
const scope = (name: string): Table | undefined => surroundings.get(name);
const render = (text: string): string => parseTemplate(text)(scope);

describe("a template", () => {
  test.each([
    ["plain", "plain"],
    ["$(headers.host)", "h.test"],
    ['a-$(query_params["q"])-z', "a-hello-z"],
    ["$(headers.none)", ""],
    ["$(uuid)", ""],
    ["$(query_params.none or 'fallback')", "fallback"],
    ["$(query_params.q and 'yes')", "yes"],
    ["$(false)$(nil)$(true)", "true"],
    ["$(1 + 2 * 3 ^ 2 - 8 % 3)", "17"],
    ["$(query_params.n + 1)", "8"],
    ["$(query_params.q .. '-' .. 1)", "hello-1"],
    ["$(query_params.q:upper():sub(2, -2))", "ELL"],
    ["$(query_params.q:sub(-3))$(#query_params.q)", "llo5"],
    ["$(type(headers))$(type(nil))", "tablenil"],
    ["$(not (headers.host ~= 'h.test'))", "true"],
    ["$('$(x)')", "$(x)"],
    ["open $(x", "open $(x"],
    ["$(headers.authorization ~= nil and headers.authorization:sub(1, 6) == \"Bearer\" and 'b' or 'n')", "b"],
  ])("%s reads %s", (text, expected) => {
    expect(render(text)).toBe(expected);
  });

  test.each([
    "$(query_params.a.b)",
    "$(string.upper('x'))",
    "$(tostring(1))",
    "$('a' + 1)",
    "$('a' < 1)",
    "$('x':rep(1e9))",
  ])("%s fails when it is read", (text) => {
    expect(() => render(text.replace("'x':rep", "('x'):rep"))).toThrow(TypeError);
  });

  test.each([
    ["$(function() end)", "'function' is not supported"],
    ["$(a = 1)", "unexpected symbol near '='"],
    ["$(headers.host:gsub('a', 'b'))", "method 'gsub' is not supported"],
    ["$(1 +)", "unexpected symbol near '<eof>'"],
    ["$({})", "unexpected symbol near '{'"],
    [`$(${"(".repeat(99)}1${")".repeat(99)})`, "nested too deeply"],
  ])("%s is refused with its reason", (text, reason) => {
    expect(templateProblem(text)).toContain(reason);
  });

  test("reaches nothing of the runtime", () => {
    for (const name of ["constructor", "__proto__", "globalThis", "process"]) {
      expect(render(`$(${name})`)).toBe("");
      expect(render(`$(headers.${name})`)).not.toContain("function");
    }
    expect(() => render("$(('x').constructor('return 1'))")).toThrow("attempt to call a nil value");
  });
});

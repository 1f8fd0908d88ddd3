import { expect, test } from "vitest";

import { readDocument } from "./read.ts";
import { readYaml } from "./yaml.ts";

const value = (text: string): unknown => {
  const read = readYaml(text);
  return read.ok ? read.value : read.problem;
};

test.each([
  ["a: yes\nb: off\nc: 'yes'", { a: true, b: false, c: "yes" }],
  ["a: ~\nb:\nc: null", { a: null, b: null, c: null }],
  ["a: 0x1F\nb: 1_000\nc: .inf", { a: 31, b: 1000, c: Infinity }],
  ["a: 2001-12-14", { a: "2001-12-14" }],
  ["a: 1\na: 2", { a: 2 }],
  ["a: |\n  x\n  y\n", { a: "x\ny\n" }],
  ["base: &b {x: 1}\nc:\n  <<: *b\n  y: 2", { base: { x: 1 }, c: { x: 1, y: 2 } }],
  ["{a: [1, 2]}", { a: [1, 2] }],
  ["# only a comment\n", null],
  ["y: n\nb: Y", { y: "n", b: "Y" }],
  ["a: 1\n--- \na: 2\n", { a: 1 }],
])("%j is read as YAML 1.1", (text, expected) => {
  expect(value(text)).toEqual(expected);
});

test.each([
  ["a: b: c", "1:4"],
  ["a: 1\nkey: value: c", "2:6"],
])("the nested mapping on one line %j is told with its place", (text, place) => {
  expect(value(text)).toBe(`${place}: mapping values are not allowed in this context`);
});

test.each(["a: *nope", "a: [1", "a: {", "a: !!js/function 'x'\nb: ["])(
  "%j is a problem, not a crash",
  (text) => {
    const read = readYaml(text);
    expect(read.ok).toBe(false);
  },
);

test("aliases can't blow up a document", () => {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 10; i++)
    lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(", ")}]`);
  const read = readYaml(lines.join("\n"));
  expect(read).toMatchObject({ ok: false, problem: expect.stringContaining("alias") });
});

test.each(["[", "{a: "])("a hundred thousand %s are refused", (opening) => {
  expect(readDocument(opening.repeat(100_000)).ok).toBe(false);
});

test("JSON nested deeper than any configuration is refused", () => {
  const read = readDocument(`{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`);
  expect(read).toEqual({ ok: false, problem: "nested deeper than 200 levels" });
});

test("a name like __proto__ is data", () => {
  const read = readYaml("__proto__:\n  polluted: true\n");
  expect(read.ok && Object.keys(read.value as object)).toEqual(["__proto__"]);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

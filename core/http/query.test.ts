import { describe, expect, test } from "vitest";
import { formatArguments, parseArguments, withoutArgument } from "./query.ts";

describe("arguments", () => {
  test.each([
    ["a=1&b=2", { a: "1", b: "2" }],
    ["a", { a: true }],
    ["a=", { a: "" }],
    ["a=1&a=2&a", { a: ["1", "2", true] }],
    ["a+b=c%20d", { "a b": "c d" }],
    ["a=%C3%BC", { a: "ü" }],
    ["a=%ff%41", { a: "%ffA" }],
    ["&&a=1&", { a: "1" }],
    ["=x", {}],
    ["__proto__=1", Object.fromEntries([["__proto__", "1"]])],
  ])("%j are read", (text, fields) => {
    expect(Object.fromEntries(parseArguments(text))).toEqual(fields);
  });

  test("beyond the limit are ignored", () => {
    expect(parseArguments("a&b&c", 2).size).toBe(2);
  });

  test("are written as UTF-8, and bytes that are none as they were", () => {
    expect(formatArguments([["ü€😀", "a\udcfcb"]])).toBe("%C3%BC%E2%82%AC%F0%9F%98%80=a%FCb");
  });

  test("are written side by side, encoded", () => {
    expect(
      formatArguments([
        ["a b", "c&d"],
        ["e", true],
        ["f", ["1", "2"]],
      ]),
    ).toBe("a%20b=c%26d&e&f=1&f=2");
  });

  test("one is taken out, the rest stays byte for byte", () => {
    expect(withoutArgument("x=%7e&key=1&y=+&k%65y=2", "key")).toBe("x=%7e&y=+");
  });
});

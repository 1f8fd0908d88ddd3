import { expect, test } from "vitest";
import { pcre } from "./pcre.ts";

test.each([
  ["(?i)bad", "BAD", true],
  ["lo$", "hello\n", true],
  ["lo$", "hello\n\n", false],
  ["(?m)a$", "a\nb", true],
  ["\\Aab\\Z", "ab\n", true],
  ["\\Aab\\z", "ab\n", false],
  ["a.b", "a\rb", true],
  ["a.b", "a\nb", false],
  ["(?s)a.b", "a\nb", true],
  ["[[:digit:]]{4}", "1234", true],
  ["[^[:alpha:]_]", "ab_", false],
  ["[]a]", "]", true],
  ["[a\\]b]", "]", true],
  ["[.$]", "x", false],
  ["\\Qa.b\\E", "axb", false],
  ["\\Qa.b\\E", "a.b", true],
  ["\\h[\\h]", "\t ", true],
  ["\\x{41}", "A", true],
  ["(?P<n>a)\\1", "aa", true],
  ["[\\w.-]+@x\\.y\\/\\-", "a.b-c@x.y/-", true],
])("%j on %j as in PCRE", (pattern, text, isMatch) => {
  expect(pcre(pattern).test(text)).toBe(isMatch);
});

test.each(["a++", "(?>a)", "\\p{L}", "\\Ka", "\\R", "[[:other:]]", "(?x)a", "a(?i)b"])(
  "%s is refused: nothing says it here",
  (pattern) => {
    expect(() => pcre(pattern)).toThrow(SyntaxError);
  },
);

import { expect, test } from "vitest";
import { pcre } from "./pcre.ts";

test.each([
  ["(?i)bad", "BAD", true],
  ["lo$", "hello\n", true],
  ["lo$", "hello\n\n", false],
  ["(?m)a$", "a\nb", true],
  ["\\Aab\\Z", "ab\n", true],
  ["a.b", "a\rb", true],
  ["a.b", "a\nb", false],
  ["(?s)a.b", "a\nb", true],
  ["[a\\]b]", "]", true],
  ["[.$]", "x", false],
  ["(?P<n>a)\\1", "aa", true],
  ["[\\w.-]+@x\\.y\\/\\-", "a.b-c@x.y/-", true],
])("%j on %j as in PCRE", (pattern, text, isMatch) => {
  expect(pcre(pattern).test(text)).toBe(isMatch);
});

test.each(["a++", "(?>a)", "\\p{L}", "\\Ka", "\\R", "[[:digit:]]", "\\Qa\\E", "(?x)a", "a(?i)b"])(
  "%s is refused: nothing says it here",
  (pattern) => {
    expect(() => pcre(pattern)).toThrow(SyntaxError);
  },
);

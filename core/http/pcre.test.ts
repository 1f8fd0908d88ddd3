import * as fc from "fast-check";
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

test.each(["[", "a[", "a)|(?:b", "a)", "(?:a"])(
  "%s is refused where the whole text has to match, too",
  (pattern) => {
    expect(() => pcre(pattern, true)).toThrow(SyntaxError);
  },
);

test("a line may end the text that has to match as a whole", () => {
  expect(["ab", "ab\n", "\nab"].map((text) => pcre("(?m)^a.*$", true).test(text))).toEqual([
    true,
    false,
    false,
  ]);
  expect(pcre("(?:a|ab$)", true).isLinear).toBe(true);
});

test.each(["^(a+)+$", "(?i)^(?:[a-z]+)*@$", "(.*a){12}", "^(\\w+\\s?)*$"])(
  "%s takes time linear in the text",
  (pattern) => {
    const { isLinear, test: matches } = pcre(pattern);
    expect([isLinear, matches(`${"a".repeat(50_000)}!`)]).toEqual([true, pattern === "(.*a){12}"]);
  },
);

test.each(["(a)\\1", "a(?=b)", "(?<!a)b", "a$\\s", "a$|b\\z"])(
  "%s runs on the runtime's engine",
  (pattern) => {
    expect(pcre(pattern).isLinear).toBe(false);
  },
);

const patterns = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(
      ...[
        "a",
        "b",
        ".",
        "[ab]",
        "[^a]",
        "[]b]",
        "[a[&~]",
        "\\d",
        "\\W",
        "[\\D]",
        "[\\d\\s]",
        "[^\\w]",
        "\\s",
      ],
      ...["\\b", "\\B", "^", "\\A", "(?:)", "[[:alpha:]]", "\\Q.a\\E", "\\x{62}", "\\.", "\\-", "[[:^a]"],
    ),
    fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => a + b),
    fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => `(?:${a}|${b})`),
    fc
      .tuple(tie("pattern"), fc.constantFrom("*", "+", "?", "*?", "{2}", "{0,2}"))
      .map(([a, n]) => `(${a})${n}`),
  ),
}));
const texts = fc.string({
  unit: fc.constantFrom("a", "b", "A", "1", " ", ".", "[", "&", "_", "\n"),
  maxLength: 10,
});

test("both engines find the same", () => {
  fc.assert(
    fc.property(
      patterns.pattern,
      fc.constantFrom("", "(?i)", "(?m)", "(?s)"),
      fc.constantFrom("", "$", "\\z", "\\Z"),
      fc.boolean(),
      fc.array(texts, { maxLength: 4 }),
      (pattern, flags, end, isWhole, subjects) => {
        // What looks ahead at nothing changes nothing, but the engine.
        const fast = pcre(`${flags}(?:${pattern})${end}`, isWhole);
        const slow = pcre(`${flags}(?=)(?:${pattern})${end}`, isWhole);
        expect([fast.isLinear, slow.isLinear]).toEqual([true, false]);
        for (const subject of subjects) expect(fast.test(subject), subject).toBe(slow.test(subject));
      },
    ),
    { numRuns: 3_000 },
  );
});

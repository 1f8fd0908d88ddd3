import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Regex, RegexSyntaxError, checkRegex } from "./regex.ts";

describe("patterns", () => {
  it.each([
    ["(?=a)", 0],
    ["(?!a)", 0],
    ["x(?<=a)", 1],
    ["x(?<!a)", 1],
    ["(a)\\1", 3],
    ["\\8", 0],
    ["a{2,", 1],
    ["a{,3}", 1],
    ["a{3,2}", 1],
    ["a{99999999}", 1],
    ["a(", 1],
    ["a)", 1],
    ["[a", 0],
    ["[]", 0],
    ["[[:foo:]", 0],
    ["[z-a]", 1],
    ["[a-\\d]", 1],
    ["[\\b]", 1],
    ["*a", 0],
    ["a|*", 2],
    ["\\Z", 0],
    ["\\q", 0],
    ["\\é", 0],
    ["\\", 0],
    ["\\x{110000}", 0],
    ["\\xG1", 0],
    ["\\p{Nonsense}", 0],
    ["\\pX", 0],
    ["(?P<n>a)(?P<n>b)", 12],
    ["(?P<1>a)", 4],
    ["(?P<>a)", 4],
    ["(?P=n)", 0],
    ["(?>a)", 0],
    ["(?#a)", 0],
    ["(?i-)a", 0],
    ["(?ii)a", 0],
    ["(?)a", 0],
    ["(?-u).", 5],
    ["(?-u)\\W", 5],
  ])("%s is refused with its place", (pattern, position) => {
    expect(() => new Regex(pattern)).toThrow(RegexSyntaxError);
    expect(checkRegex(pattern)).toMatch(new RegExp(` at character ${position + 1}$`));
  });

  it.each(["a{1000}{1000}", "(?:(?:a{100}){100}){100}", "(".repeat(300) + ")".repeat(300)])(
    "a pattern that would need too much memory is refused",
    (pattern) => {
      expect(checkRegex(pattern)).toMatch(/too (large|deep)/);
    },
  );

  it.each([
    "^/a|/b",
    "a**",
    "a*+",
    "()",
    "(|a)",
    "a||b",
    "}",
    "]",
    "[]a]",
    "[^]a]",
    "[a-]",
    "[-a]",
    "[a[b-c]&&[^d]]",
    "\\-\\/\\#\\ ",
    "x{2,}",
    "x{ 2 , 3 }",
    "(?i)a(?-i)b",
    "(?P<a.b[0]>x)",
    "\\pL\\p{Greek}\\p{script=greek}\\p{gc=Lu}\\p{^L}",
    "^*",
  ])("%s is accepted", (pattern) => {
    expect(checkRegex(pattern)).toBeUndefined();
  });
});

describe("matching", () => {
  it.each<[string, string, string | undefined]>([
    ["/a|/b", "zz/b", "/b"],
    ["^/a|/b", "zz/b", "/b"],
    ["a|ab", "ab", "a"],
    ["a+?", "aaa", "a"],
    ["(?U)a+", "aaa", "a"],
    ["(?U)a+?", "aaa", "aaa"],
    ["a$", "a\n", undefined],
    ["(?m)a$", "a\n", "a"],
    ["(?mR)^a$", "b\r\na\r\n", "a"],
    ["a.b", "a\nb", undefined],
    ["(?s)a.b", "a\nb", "a\nb"],
    ["(?x) a b # c\n c", "abc", "abc"],
    ["[[:digit:]]+", "a12", "12"],
    ["[^[:digit:]]+", "a12", "a"],
    ["[a-z&&[^aeiou]]+", "abcde", "bcd"],
    ["[a-z--aeiou]+", "abcde", "bcd"],
    ["[a-c~~b-d]+", "bcad", "ad"],
    ["\\d+", "x٣٤", "٣٤"],
    ["(?-u:\\d+)", "٣4", "4"],
    ["\\w+", "été!", "été"],
    ["\\bé", "a é", "é"],
    ["(?-u:\\b)a", "éa", "a"],
    ["\\bfoo\\b", "afoo foo", "foo"],
    ["\\Bo+", "foo", "oo"],
    ["\\<b", "ab b", "b"],
    ["a\\>", "ab a", "a"],
    ["(?i)straSSe", "STRASSE", "STRASSE"],
    ["(?i)É", "é", "é"],
    ["(?i)k", "\u212a", "\u212a"],
    ["(?i)[^k]", "Kx", "x"],
    ["(?i)\\p{Lu}+", "abC1", "abC"],
    ["\\p{Greek}+", "abγδ", "γδ"],
    ["\\P{L}+", "ab12", "12"],
    ["\\x41\\u0042\\x{43}", "ABC", "ABC"],
    [".", "😀", "😀"],
    ["[😀-😂]", "a😁", "😁"],
    ["(?:a*)*b", "aab", "aab"],
    ["(?:a|b)*?$", "abab", "abab"],
    ["", "abc", ""],
    ["a{2}{3}", "aaaaaaa", "aaaaaa"],
  ])("%s in %j finds %j", (pattern, text, found) => {
    const regex = new Regex(pattern);
    expect(regex.exec(text)?.groups[0]).toBe(found);
    expect(regex.test(text)).toBe(found !== undefined);
    expect(regex.matchLength(text)).toBe(found?.length ?? -1);
  });

  it("groups have numbers and names; one that took no part is absent", () => {
    const regex = new Regex("^/(users/)?(?P<id>\\d+)/(?<rest>.*)$");
    expect(regex.groupNames).toEqual([undefined, undefined, "id", "rest"]);
    expect(regex.exec("/users/7/x")?.groups).toEqual(["/users/7/x", "users/", "7", "x"]);
    expect(regex.exec("/7/")?.groups).toEqual(["/7/", undefined, "7", ""]);
  });

  it.each([
    ["^/users/\\d+", "/users/"],
    ["^/a|/b", ""],
    ["^/a(?:b)c?", "/ab"],
    ["/a", ""],
    ["^(?i)/ab", "/"],
    ["^/a{2}b", "/a"],
    ["^/(abc)+", "/abc"],
    ["^/\\.well-known$", "/.well-known"],
  ])("%s begins with %j", (pattern, prefix) => {
    expect(new Regex(pattern).prefix).toBe(prefix);
  });
});

/** Patterns that mean the same to JavaScript: bodies of repetitions are never empty. */
const patterns = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    fc.constantFrom("a", "b", "c", ".", "[ab]", "[^a]", "\\d", "\\w", "\\b", "\\B", "^", "$", "(?:)", "é"),
    fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => a + b),
    fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => `(?:${a}|${b})`),
    tie("pattern").map((a) => `(${a})`),
    fc
      .tuple(
        fc.constantFrom("a", "b", ".", "[bc]"),
        tie("pattern"),
        fc.constantFrom("*", "+", "?", "*?", "+?", "??", "{2}", "{0,2}", "{1,}?"),
      )
      .map(([atom, a, quantifier]) => `(?:${a.replaceAll(/\((?!\?)/g, "(?:")}${atom})${quantifier}`),
  ),
})).pattern;
const texts = fc
  .array(fc.constantFrom("a", "b", "c", "1", " ", "\n", "é"), { maxLength: 12 })
  .map((list) => list.join(""));
const runs = Number(globalThis.process?.env?.["PROPERTY_RUNS"] ?? 1500);

describe("an automaton", () => {
  it("finds what a backtracking engine finds", () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        const source = pattern.replaceAll("$", "(?![^])").replaceAll("\\w", "[\\w\\u00e9]");
        // JavaScript's word boundaries know ASCII only.
        fc.pre(!(text.includes("é") && /\\[bB]/.test(pattern)));
        const native = new RegExp(source, "u").exec(text);
        const regex = new Regex(pattern);
        expect(regex.test(text)).toBe(native !== null);
        expect(regex.matchLength(text)).toBe(native ? native[0].length : -1);
        const found = regex.exec(text);
        expect(found?.groups).toEqual(native ? [...native] : undefined);
      }),
      { numRuns: runs },
    );
  });

  it.each([
    ["^(a+)+$", `${"a".repeat(100_000)}!`],
    ["^(a|a)*$", `${"a".repeat(100_000)}!`],
    ["(x+x+)+y", "x".repeat(100_000)],
    ["(.*)(.*)(.*)(.*)(.*)z", "x".repeat(20_000)],
    ["^(?:a?){50}a{50}$", "a".repeat(49)],
    ["\\s+$", " ".repeat(50_000) + "x"],
    ["(?i)(?:é|É|.)*!", "é".repeat(20_000)],
  ])("%s takes a step a character, not more", (pattern, text) => {
    const regex = new Regex(pattern);
    expect(regex.test(text)).toBe(false);
    expect(regex.matchLength(text)).toBe(-1);
    expect(regex.builtTransitions).toBeLessThan(600);
  });

  it("more states than memory is kept for cost time, not answers", () => {
    const regex = new Regex("^(?:a|b)*a(?:a|b){12}$");
    let seed = 1;
    let text = "";
    while (text.length < 20_000) {
      seed = (seed * 48_271) % 2_147_483_647;
      text += seed % 2 === 0 ? "a" : "b";
    }
    expect(regex.test(`${text}a${"b".repeat(12)}`)).toBe(true);
    expect(regex.test(`${text}b${"b".repeat(12)}`)).toBe(false);
    expect(regex.builtTransitions).toBeLessThan(3 * text.length);
    expect(regex.stateCount).toBeLessThanOrEqual(513);
  });

  it("a flood of different characters finds the same answers", () => {
    const regex = new Regex("^(\\w|[^\\w])*\\p{Greek}$");
    const flood = Array.from({ length: 6000 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join("");
    expect(regex.test(`${flood}γ`)).toBe(true);
    expect(regex.test(`${flood}g`)).toBe(false);
  });
});

describe("many expressions", () => {
  it("give up their automata for others and build them again", () => {
    const first = new Regex("^/first/\\d+$");
    expect(first.test("/first/1")).toBe(true);
    expect(first.builtTransitions).toBeGreaterThan(0);
    for (let i = 0; i < 2048; i++) expect(new Regex(`^/(${i})`).test(`/${i}`)).toBe(true);
    expect(first.builtTransitions).toBe(0);
    expect(first.test("/first/2")).toBe(true);
    expect(first.test("/first/x")).toBe(false);
  });

  it("that differ only in plain characters in front share an automaton", () => {
    const [one, other] = [new Regex("^/one/(?<id>\\d+)x?$"), new Regex("^/other/(?<id>\\d+)x?$")];
    expect(one.test("/one/12345")).toBe(true);
    const built = one.builtTransitions;
    expect(other.test("/other/54321")).toBe(true);
    expect(other.test("/one/1")).toBe(false);
    expect(other.builtTransitions).toBe(built);
    expect(other.exec("/other/42x")).toEqual({ start: 0, end: 10, groups: ["/other/42x", "42"] });
    expect(other.exec("/one/42")).toBeUndefined();
  });

  it.each([
    ["^ab\\b", "ab", "abc"],
    ["^ab\\B", "abc", "ab"],
    ["^ab(^c|d)", "abd", "abc"],
    ["^ab(?m:^)?c", "abc", "ab"],
    ["^ab+c", "abbc", "ac"],
    ["^ab?c", "ac", "bc"],
    ["^ab{2}", "abb", "ab"],
    ["^ab|cd", "xcd", "xab"],
    ["^ab$", "ab", "abc"],
    ["^ab\\.c", "ab.c", "abxc"],
  ])("%s has %s and not %s, whatever is cut from its front", (pattern, has, hasNot) => {
    // The rest, asked for by itself, is known when the whole comes.
    for (const cut of [1, 2])
      new Regex(`^${pattern.slice(1 + cut)}`.replace(/^\^([+?{|])/, "^\\$1")).test(has);
    expect(new Regex(pattern).test(has)).toBe(true);
    expect(new Regex(pattern).test(hasNot)).toBe(false);
    expect(new Regex(pattern).exec(hasNot)).toBeUndefined();
    expect(new Regex(pattern).exec(has)).toBeDefined();
  });
});

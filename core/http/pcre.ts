import { Regex } from "./regex.ts";
import { parseRegex } from "./regex/parse.ts";
import type { Node } from "./regex/syntax.ts";

const flagNames = new Set(["i", "m", "s"]);

/** Classes of characters by POSIX's names, as they stand within brackets. */
const posix: Readonly<Record<string, string>> = {
  alnum: "A-Za-z0-9",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7f",
  blank: "\\t ",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\t-\\r ",
  upper: "A-Z",
  word: "\\w",
  xdigit: "0-9A-Fa-f",
};

/** Letters behind a backslash that mean the same in JavaScript. */
const sameLetters = /[bBdDsSwWnrtfxck1-9]/;
const characters: Readonly<Record<string, string>> = { a: "\\x07", e: "\\x1b", h: "\\t \\xa0" };

/** How a dialect says what PCRE says otherwise. */
interface Dialect {
  readonly anchors: Readonly<Record<string, string>>;
  /** `$`: at the end, or before the line feed that is the end. */
  readonly lineEnd: string;
  readonly notLineFeed: string;
  /** Before a name in a group. */
  readonly named: string;
  /** A character by its four hexadecimal digits. */
  codePoint(digits: string): string;
  /** A letter behind a backslash, outside brackets and within. */
  letter(letter: string, isWithin: boolean): string | undefined;
  /** A character within brackets that has no meaning there in PCRE. */
  member(character: string): string;
}

const lookedEnd = "(?=\\n?(?![^]))";

const native: Dialect = {
  anchors: { A: "(?<![^])", z: "(?![^])", Z: lookedEnd },
  lineEnd: lookedEnd,
  notLineFeed: "[^\\n]",
  named: "(?<",
  codePoint: (digits) => `\\u${digits}`,
  letter: () => undefined,
  member: (character) => character,
};

const asciiClasses: Readonly<Record<string, string>> = { d: "0-9", s: "\\t-\\r ", w: "0-9A-Za-z_" };

/** Rust's, whose engine here takes linear time. The line feed that ends a text is the caller's. */
const linear: Dialect = {
  anchors: { A: "\\A", z: "\\z", Z: "\\z" },
  lineEnd: "\\z",
  notLineFeed: "[^\\n]",
  named: "(?P<",
  codePoint: (digits) => `\\u{${digits}}`,
  letter(letter, isWithin) {
    if (letter === "b" || letter === "B") return isWithin ? "\\x08" : `(?-u:\\${letter})`;
    const inner = asciiClasses[letter.toLowerCase()];
    if (inner === undefined) return undefined;
    const isNegated = letter !== letter.toLowerCase();
    return isWithin && !isNegated ? inner : `[${isNegated ? "^" : ""}${inner}]`;
  },
  member: (character) => `\\${character}`,
};

const escapeOf = (dialect: Dialect, letter: string, isWithin: boolean): string => {
  if (!isWithin && Object.hasOwn(native.anchors, letter)) return dialect.anchors[letter]!;
  if (!isWithin && letter === "h") return `[${characters["h"]}]`;
  if (Object.hasOwn(characters, letter)) return characters[letter]!;
  if (/[A-Za-z0-9]/.test(letter) && letter !== "0" && !sameLetters.test(letter))
    throw new SyntaxError(`\\${letter} is not supported`);
  return dialect.letter(letter, isWithin) ?? `\\${letter}`;
};

const classOf = (dialect: Dialect, text: string): string => {
  const [start] = /^\[\^?/.exec(text)!;
  const inner = text
    .slice(start.length, -1)
    .replaceAll(/\[:(\^?\w+):\]|\\([^])|^\]|[[&~]/g, (whole, name?: string, letter?: string) => {
      if (letter !== undefined) return escapeOf(dialect, letter, true);
      if (name === undefined) return whole === "]" ? "\\]" : dialect.member(whole);
      if (!Object.hasOwn(posix, name)) throw new SyntaxError(`[:${name}:] is not supported`);
      return posix[name]!;
    });
  return `${start}${inner}]`;
};

const tokens =
  /\\Q([^]*?)(?:\\E|$)|\\x\{([\dA-Fa-f]{1,4})\}|\\([^])|\[\^?\]?(?:\[:\^?\w+:\]|\\[^]|[^\]\\])*\]|\(\?P<|[.$]/g;

const translate = (dialect: Dialect, body: string, flags: string): string =>
  body.replaceAll(tokens, (whole, quoted?: string, code?: string, letter?: string) => {
    if (quoted !== undefined) return quoted.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
    if (code !== undefined) return dialect.codePoint(code.padStart(4, "0"));
    if (letter !== undefined) return escapeOf(dialect, letter, false);
    if (whole.startsWith("[")) return classOf(dialect, whole);
    if (whole === ".") return flags.includes("s") ? "." : dialect.notLineFeed;
    if (whole === "$") return flags.includes("m") ? "$" : dialect.lineEnd;
    return dialect.named;
  });

/** Says whether a text has a match. */
export interface Pattern {
  /**
   * False where time may grow faster than the text, as the runtime's engine runs it: a pattern that looks around or back,
   * reads on behind an end of the text, or is too large for an automaton.
   */
  readonly isLinear: boolean;
  test(text: string): boolean;
}

/** True when nothing is read behind an end of the text: one text or the other ends there. */
const endsAtEnd = (node: Node): boolean => {
  if (node.type === "group") return endsAtEnd(node.node);
  if (node.type === "repeat") return node.max === 1 ? endsAtEnd(node.node) : !hasEnd(node.node);
  if (node.type === "alternate") return node.nodes.every(endsAtEnd);
  if (node.type !== "concat") return true;
  const first = node.nodes.findIndex(hasEnd);
  if (first < 0) return true;
  return endsAtEnd(node.nodes[first]!) && node.nodes.slice(first + 1).every(({ type }) => type === "assert");
};

const hasEnd = (node: Node): boolean => {
  if (node.type === "group" || node.type === "repeat") return hasEnd(node.node);
  if (node.type === "alternate" || node.type === "concat") return node.nodes.some(hasEnd);
  return node.type === "assert" && node.assertion === "textEnd";
};

interface Ends {
  /** Whether it names an end that is also before the line feed that is the last character. */
  readonly isLine: boolean;
  /** Whether the text has to end there in any case. */
  readonly isWhole: boolean;
}

const linearPattern = (source: string, { isLine, isWhole }: Ends): Pattern | undefined => {
  // Between brackets Rust subtracts sets.
  if (source.includes("--")) return undefined;
  try {
    if (isLine && !endsAtEnd(parseRegex(source).node)) return undefined;
    const regex = new Regex(source);
    if (!isLine || isWhole) return { isLinear: true, test: (text) => regex.test(text) };
    const matchesLine = (text: string): boolean => text.endsWith("\n") && regex.test(text.slice(0, -1));
    return { isLinear: true, test: (text) => regex.test(text) || matchesLine(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/**
 * A pattern as plugins' configurations hold them, written for PCRE. Flags at the start, named groups, quoted text, POSIX's
 * classes and anchors are translated; letters, digits and blanks are those of ASCII. It runs in time linear in the text
 * where it can, see {@link Pattern.isLinear}.
 *
 * @param isWhole True when the whole text has to match.
 * @throws SyntaxError for what can't be said in JavaScript (atomic groups, possessive quantifiers, recursion) and
 * letters behind a backslash that mean something else there.
 */
export const pcre = (pattern: string, isWhole = false): Pattern => {
  const start = /^\(\?([a-z]+)\)/.exec(pattern);
  const flags = [...new Set(start?.[1])].join("");
  if (flags.split("").some((flag) => !flagNames.has(flag)))
    throw new SyntaxError(`flags (?${flags}) are not supported`);
  const body = pattern.slice(start?.[0].length ?? 0);
  // By itself, too: what is open in it must not reach into the anchors around it.
  void new RegExp(translate(native, body, flags), flags);
  const sourceIn = (dialect: Dialect): string => {
    const source = translate(dialect, body, flags);
    return isWhole ? `${dialect.anchors["A"]}(?:${source})${dialect.anchors["z"]}` : source;
  };
  const known = new RegExp(sourceIn(native), flags);
  const fallback: Pattern = { isLinear: false, test: (text) => known.test(text) };
  const isLine = /\\Z/.test(body) || (/\$/.test(body) && !flags.includes("m"));
  if (isLine && !isWhole && /\\z/.test(body)) return fallback;
  return linearPattern((flags && `(?${flags})`) + sourceIn(linear), { isLine, isWhole }) ?? fallback;
};

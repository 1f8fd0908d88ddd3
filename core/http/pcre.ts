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

/** PCRE's `$`: at the end, or before the line feed that is the end. */
const lineEnd = "(?=\\n?(?![^]))";
const anchors: Readonly<Record<string, string>> = { A: "(?<![^])", z: "(?![^])", Z: lineEnd };

const escapeOf = (letter: string, isWithin: boolean): string => {
  if (!isWithin && Object.hasOwn(anchors, letter)) return anchors[letter]!;
  if (!isWithin && letter === "h") return `[${characters["h"]}]`;
  if (Object.hasOwn(characters, letter)) return characters[letter]!;
  if (/[A-Za-z0-9]/.test(letter) && letter !== "0" && !sameLetters.test(letter))
    throw new SyntaxError(`\\${letter} is not supported`);
  return `\\${letter}`;
};

const classOf = (text: string): string => {
  const [start] = /^\[\^?/.exec(text)!;
  const inner = text
    .slice(start.length, -1)
    .replaceAll(/\[:(\^?\w+):\]|\\([^])|^\]/g, (whole, name?: string, letter?: string) => {
      if (letter !== undefined) return escapeOf(letter, true);
      if (name === undefined) return `\\${whole}`;
      if (!Object.hasOwn(posix, name)) throw new SyntaxError(`[:${name}:] is not supported`);
      return posix[name]!;
    });
  return `${start}${inner}]`;
};

const tokens =
  /\\Q([^]*?)(?:\\E|$)|\\x\{([\dA-Fa-f]{1,4})\}|\\([^])|\[\^?\]?(?:\[:\^?\w+:\]|\\[^]|[^\]\\])*\]|\(\?P<|[.$]/g;

/**
 * A pattern as plugins' configurations hold them, written for PCRE, as the runtime's own expression. What both
 * dialects know means the same; flags at the start, named groups, quoted text, POSIX's classes and anchors are translated.
 *
 * @param isWhole True when the whole text has to match.
 * @throws SyntaxError for what can't be said in JavaScript (atomic groups, possessive quantifiers, recursion) and
 * letters behind a backslash that mean something else there.
 */
export const pcre = (pattern: string, isWhole = false): RegExp => {
  const start = /^\(\?([a-z]+)\)/.exec(pattern);
  const flags = start?.[1] ?? "";
  if (flags.split("").some((flag) => !flagNames.has(flag)))
    throw new SyntaxError(`flags (?${flags}) are not supported`);
  const body = pattern
    .slice(start?.[0].length ?? 0)
    .replaceAll(tokens, (whole, quoted?: string, code?: string, letter?: string) => {
      if (quoted !== undefined) return quoted.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
      if (code !== undefined) return `\\u${code.padStart(4, "0")}`;
      if (letter !== undefined) return escapeOf(letter, false);
      if (whole.startsWith("[")) return classOf(whole);
      if (whole === ".") return flags.includes("s") ? "." : "[^\\n]";
      if (whole === "$") return flags.includes("m") ? "$" : lineEnd;
      return "(?<";
    });
  return new RegExp(isWhole ? `^(?:${body})$` : body, [...new Set(flags.split(""))].join(""));
};

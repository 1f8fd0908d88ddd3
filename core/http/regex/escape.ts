import { type CharSet, folded, foldedRange, negate, perl, property, range } from "./charset.ts";
import type { Cursor } from "./cursor.ts";
import type { Assertion } from "./syntax.ts";

/** What an escape stands for. */
export type Escape =
  | { readonly type: "literal"; readonly codePoint: number }
  | { readonly type: "class"; readonly set: CharSet }
  | { readonly type: "assert"; readonly assertion: Assertion };

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };
const hexDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

const literal = (codePoint: number): Escape => ({ type: "literal", codePoint });

/** The set of one code point or range, under the flags that hold now. */
export const literalSet = (cursor: Cursor, low: number, high = low): CharSet =>
  cursor.flags.ignoreCase ? foldedRange(low, high) : range(low, high);

function hexEscape(cursor: Cursor, width: number, start: number): Escape {
  let digits = "";
  if (cursor.accept("{")) {
    while (!cursor.done && cursor.peek() !== "}") digits += cursor.take();
    if (!cursor.accept("}")) cursor.fail("hexadecimal escape is not closed", start);
  } else for (let i = 0; i < width; i++) digits += cursor.take();
  const codePoint = /^[0-9a-fA-F]+$/.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
  const isScalar = codePoint <= 0x10ffff && (codePoint < 0xd800 || codePoint > 0xdfff);
  if (!isScalar) cursor.fail("hexadecimal escape is not a character", start);
  if (!cursor.flags.unicode && codePoint > 127) cursor.fail("bytes beyond ASCII can't be matched", start);
  return literal(codePoint);
}

function propertyEscape(cursor: Cursor, negated: boolean, start: number): Escape {
  if (!cursor.flags.unicode) cursor.fail("Unicode classes need Unicode mode", start);
  let name = cursor.take();
  if (name === "{") {
    name = "";
    while (!cursor.done && cursor.peek() !== "}") name += cursor.take();
    if (!cursor.accept("}")) cursor.fail("Unicode class is not closed", start);
  }
  const inverse = name.startsWith("^") || name.includes("!=");
  const set = property(name.replace(/^\^/, "").replace("!=", "="));
  if (!set) cursor.fail(`Unicode class "${name}" is unknown`, start);
  const cased = cursor.flags.ignoreCase ? folded(set) : set;
  return { type: "class", set: negated === inverse ? cased : negate(cased) };
}

function perlClass(cursor: Cursor, letter: string, start: number): Escape {
  const sets = cursor.flags.unicode ? perl.unicode : perl.ascii;
  const lower = letter.toLowerCase();
  const set = lower === "d" ? sets.d : lower === "s" ? sets.s : sets.w;
  if (lower === letter) return { type: "class", set };
  if (!cursor.flags.unicode) cursor.fail("bytes beyond ASCII can't be matched", start);
  return { type: "class", set: negate(set) };
}

function wordBoundary(cursor: Cursor): Assertion {
  if (cursor.accept("{start}")) return "wordStart";
  if (cursor.accept("{end}")) return "wordEnd";
  if (cursor.accept("{start-half}")) return "wordStartHalf";
  if (cursor.accept("{end-half}")) return "wordEndHalf";
  return cursor.flags.unicode ? "word" : "asciiWord";
}

function assertionOf(cursor: Cursor, letter: string): Assertion | undefined {
  if (letter === "A") return "textStart";
  if (letter === "z") return "textEnd";
  if (letter === "b") return wordBoundary(cursor);
  if (letter === "<") return "wordStart";
  if (letter === ">") return "wordEnd";
  if (letter === "B") return cursor.flags.unicode ? "notWord" : "notAsciiWord";
  return undefined;
}

/** Reads what follows a backslash, which is taken already. */
export function parseEscape(cursor: Cursor): Escape {
  const start = cursor.at - 1;
  if (cursor.done) cursor.fail("pattern ends with a backslash", start);
  const letter = cursor.take();
  if (/[0-9]/.test(letter)) cursor.fail("back-references are not supported", start);
  if (/[dDsSwW]/.test(letter)) return perlClass(cursor, letter, start);
  if (letter === "p" || letter === "P") return propertyEscape(cursor, letter === "P", start);
  const control = controls[letter];
  if (control !== undefined) return literal(control);
  const width = hexDigits[letter];
  if (width !== undefined) return hexEscape(cursor, width, start);
  const assertion = assertionOf(cursor, letter);
  if (assertion !== undefined) return { type: "assert", assertion };
  const codePoint = letter.codePointAt(0)!;
  if (codePoint < 128 && !/[A-Za-z]/.test(letter)) return literal(codePoint);
  return cursor.fail(`escape \\${letter} has no meaning`, start);
}

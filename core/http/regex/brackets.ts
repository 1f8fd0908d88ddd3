import { type CharSet, type SetOperator, combine, folded, negate, posix, union } from "./charset.ts";
import type { Cursor } from "./cursor.ts";
import { literalSet, parseEscape } from "./escape.ts";

/** Nested brackets and groups that a pattern may have. */
export const maxDepth = 250;

const none: CharSet = { key: "none", single: undefined, has: () => false };

/** `[:name:]` or `[:^name:]` when one comes next; a name that is none leaves the cursor where it was. */
function posixClass(cursor: Cursor): CharSet | undefined {
  const start = cursor.at;
  if (!cursor.accept("[:")) return undefined;
  const negated = cursor.accept("^");
  let name = "";
  while (!cursor.done && /[a-z]/.test(cursor.peek())) name += cursor.take();
  const set = Object.hasOwn(posix, name) ? posix[name] : undefined;
  if (!set || !cursor.accept(":]")) {
    cursor.at = start;
    return undefined;
  }
  const cased = cursor.flags.ignoreCase ? folded(set) : set;
  return negated ? negate(cased) : cased;
}

/** One character or class; a number is a character that may begin or end a range. */
function primitive(cursor: Cursor): number | CharSet {
  const start = cursor.at;
  const character = cursor.take();
  if (character !== "\\") return character.codePointAt(0)!;
  const escape = parseEscape(cursor);
  if (escape.type === "literal") return escape.codePoint;
  if (escape.type === "class") return escape.set;
  return cursor.fail("an assertion has no place within brackets", start);
}

function item(cursor: Cursor): CharSet {
  const start = cursor.at;
  const low = primitive(cursor);
  cursor.skipBlanks();
  const isRange = cursor.peek() === "-" && cursor.peek(1) !== "]" && cursor.peek(1) !== "-";
  if (!isRange) return typeof low === "number" ? literalSet(cursor, low) : low;
  cursor.take();
  cursor.skipBlanks();
  const high = primitive(cursor);
  if (typeof low !== "number" || typeof high !== "number")
    return cursor.fail("a range needs a character at both ends", start);
  if (low > high) cursor.fail("range ends before it begins", start);
  return literalSet(cursor, low, high);
}

function operatorNext(cursor: Cursor): SetOperator | undefined {
  if (cursor.accept("&&")) return "&&";
  if (cursor.accept("--")) return "--";
  return cursor.accept("~~") ? "~~" : undefined;
}

/** Reads a bracketed class; its opening bracket is taken already. */
export function parseBrackets(cursor: Cursor, depth: number): CharSet {
  const start = cursor.at - 1;
  if (depth > maxDepth) cursor.fail("brackets are nested too deep", start);
  const negated = cursor.accept("^");
  let sets: CharSet[] = [];
  let left: CharSet | undefined;
  let operator: SetOperator | undefined;
  const settle = (): CharSet => {
    const right = sets.length > 0 ? union(sets) : none;
    return left && operator ? combine(operator, left, right) : right;
  };
  cursor.skipBlanks();
  // A closing bracket or dashes at the very start stand for themselves.
  while (cursor.accept("-")) sets.push(literalSet(cursor, 45));
  if (sets.length === 0 && cursor.accept("]")) sets.push(literalSet(cursor, 93));
  for (;;) {
    cursor.skipBlanks();
    if (cursor.done) cursor.fail("bracket is not closed", start);
    if (cursor.accept("]")) break;
    const next = sets.length > 0 || left ? operatorNext(cursor) : undefined;
    if (next) {
      left = settle();
      operator = next;
      sets = [];
      continue;
    }
    const named = posixClass(cursor);
    if (named) sets.push(named);
    else if (cursor.accept("[")) sets.push(parseBrackets(cursor, depth + 1));
    else sets.push(item(cursor));
  }
  const set = settle();
  if (negated && !cursor.flags.unicode) cursor.fail("bytes beyond ASCII can't be matched", start);
  return negated ? negate(set) : set;
}

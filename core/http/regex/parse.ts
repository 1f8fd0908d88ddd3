import { maxDepth, parseBrackets } from "./brackets.ts";
import { anything, negate, range, union } from "./charset.ts";
import { Cursor, type Flags } from "./cursor.ts";
import { literalSet, parseEscape } from "./escape.ts";
import type { Node, ParsedRegex } from "./syntax.ts";

const flagNames: Readonly<Record<string, keyof Flags>> = {
  i: "ignoreCase",
  m: "multiLine",
  s: "dotAll",
  U: "swapGreed",
  u: "unicode",
  x: "verbose",
  R: "crlf",
};

const empty: Node = { type: "empty" };
const notNewline = negate(range(10, 10));
const notCrlf = negate(union([range(10, 10), range(13, 13)]));
/** Repetition counts beyond this are refused; the program's size has its own bound. */
const maxCount = 0xffff;

class Parser {
  private readonly cursor: Cursor;
  readonly groupNames: (string | undefined)[] = [undefined];

  constructor(pattern: string) {
    this.cursor = new Cursor(pattern);
  }

  parse(): Node {
    const node = this.alternatives(0);
    if (!this.cursor.done) this.cursor.fail("closing parenthesis without an opening one");
    return node;
  }

  private alternatives(depth: number): Node {
    const { cursor } = this;
    if (depth > maxDepth) cursor.fail("groups are nested too deep");
    const branches: Node[] = [];
    do branches.push(this.sequence(depth));
    while (cursor.accept("|"));
    return branches.length === 1 ? branches[0]! : { type: "alternate", nodes: branches };
  }

  private sequence(depth: number): Node {
    const { cursor } = this;
    const nodes: Node[] = [];
    for (;;) {
      cursor.skipBlanks();
      if (cursor.done || cursor.peek() === "|" || cursor.peek() === ")") break;
      if (/[*+?{]/.test(cursor.peek())) {
        const last = nodes.pop() ?? cursor.fail("nothing to repeat");
        nodes.push(this.repetition(last));
      } else {
        const node = this.atom(depth);
        if (node) nodes.push(node);
      }
    }
    if (nodes.length === 0) return empty;
    return nodes.length === 1 ? nodes[0]! : { type: "concat", nodes };
  }

  private atom(depth: number): Node | undefined {
    const { cursor } = this;
    const start = cursor.at;
    const character = cursor.take();
    const { flags } = cursor;
    switch (character) {
      case "(":
        return this.group(depth, start);
      case "[":
        return { type: "set", set: parseBrackets(cursor, depth) };
      case ".":
        if (!flags.unicode) cursor.fail("bytes beyond ASCII can't be matched", start);
        return { type: "set", set: flags.dotAll ? anything : flags.crlf ? notCrlf : notNewline };
      case "^":
        if (!flags.multiLine) return { type: "assert", assertion: "textStart" };
        return { type: "assert", assertion: flags.crlf ? "crlfLineStart" : "lineStart" };
      case "$":
        if (!flags.multiLine) return { type: "assert", assertion: "textEnd" };
        return { type: "assert", assertion: flags.crlf ? "crlfLineEnd" : "lineEnd" };
      case "\\": {
        const escape = parseEscape(cursor);
        if (escape.type === "assert") return escape;
        if (escape.type === "class") return { type: "set", set: escape.set };
        return { type: "set", set: literalSet(cursor, escape.codePoint) };
      }
      default:
        return { type: "set", set: literalSet(cursor, character.codePointAt(0)!) };
    }
  }

  private repetition(node: Node): Node {
    const { cursor } = this;
    const start = cursor.at;
    const sign = cursor.take();
    let min = sign === "+" ? 1 : 0;
    let max = sign === "?" ? 1 : Number.POSITIVE_INFINITY;
    if (sign === "{") [min, max] = this.counts(start);
    if (min > max) cursor.fail("repetition ends before it begins", start);
    cursor.skipBlanks();
    const lazy = cursor.accept("?");
    return { type: "repeat", node, min, max, greedy: lazy === cursor.flags.swapGreed };
  }

  private counts(start: number): [number, number] {
    const { cursor } = this;
    const min = this.count(start);
    let max = min;
    if (cursor.accept(",")) max = cursor.peek() === "}" ? Number.POSITIVE_INFINITY : this.count(start);
    if (!cursor.accept("}")) cursor.fail("counted repetition is not closed", start);
    return [min, max];
  }

  private count(start: number): number {
    const { cursor } = this;
    let digits = "";
    // Blanks around the numbers are allowed in any mode.
    while (/^[0-9\s]$/.test(cursor.peek())) digits += cursor.take();
    digits = digits.trim();
    if (/\s/.test(digits)) cursor.fail("counted repetition is not closed", start);
    if (digits === "") cursor.fail("counted repetition needs a number", start);
    const count = Number(digits);
    return count <= maxCount ? count : cursor.fail("counted repetition is too large", start);
  }

  private group(depth: number, start: number): Node | undefined {
    const { cursor } = this;
    const outer = cursor.flags;
    let index: number | undefined;
    cursor.skipBlanks();
    if (!cursor.accept("?")) index = this.groupNames.push(undefined) - 1;
    else if (/^(?:[=!]|<[=!])$/.test(cursor.peek() === "<" ? `<${cursor.peek(1)}` : cursor.peek()))
      cursor.fail("look-around is not supported", start);
    else if (cursor.accept("P<") || cursor.accept("<")) index = this.named();
    else if (this.inlineFlags(start)) return undefined;
    const node = this.alternatives(depth + 1);
    if (!cursor.accept(")")) cursor.fail("group is not closed", start);
    cursor.flags = outer;
    return index === undefined ? node : { type: "group", node, index };
  }

  private named(): number {
    const { cursor } = this;
    const start = cursor.at;
    let name = "";
    while (!cursor.done && cursor.peek() !== ">") name += cursor.take();
    if (!cursor.accept(">")) cursor.fail("group name is not closed", start);
    if (!/^[\p{Alphabetic}_][\p{Alphabetic}\p{N}_.[\]]*$/u.test(name))
      cursor.fail("group name is not valid", start);
    if (this.groupNames.includes(name)) cursor.fail(`group name "${name}" is used twice`, start);
    return this.groupNames.push(name) - 1;
  }

  /** Flags after `(?`. @returns True when they hold to the end of the enclosing group, false when they open their own. */
  private inlineFlags(start: number): boolean {
    const { cursor } = this;
    const changed = new Set<string>();
    const flags: { -readonly [K in keyof Flags]: Flags[K] } = { ...cursor.flags };
    let value = true;
    let cleared = -1;
    for (;;) {
      const letter = cursor.done ? "" : cursor.take();
      if (letter === ":" || letter === ")") {
        // A minus must clear something, and `(?)` would say nothing.
        if (cleared === 0 || (letter === ")" && changed.size === 0)) break;
        cursor.flags = flags;
        return letter === ")";
      }
      const flag = Object.hasOwn(flagNames, letter) ? flagNames[letter] : undefined;
      if (letter === "-" && value) {
        value = false;
        cleared = 0;
      } else if (flag && !changed.has(letter)) {
        changed.add(letter);
        if (!value) cleared++;
        flags[flag] = value;
      } else break;
    }
    return cursor.fail("group has flags that are not known", start);
  }
}

/**
 * Reads a pattern of Rust's regex dialect.
 *
 * @throws RegexSyntaxError for what the dialect refuses: look-around, back-references, unknown escapes…
 */
export function parseRegex(pattern: string): ParsedRegex {
  const parser = new Parser(pattern);
  const node = parser.parse();
  return { node, groupNames: parser.groupNames };
}

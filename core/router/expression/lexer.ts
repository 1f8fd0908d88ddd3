import { ExpressionError, type Token } from "./syntax.ts";

const escapes: Readonly<Record<string, string>> = { '"': '"', "\\": "\\", n: "\n", r: "\r", t: "\t" };

const quote = 34;
const backslash = 92;

const name = /[a-zA-Z][a-zA-Z0-9_.]*/y;
const number = /-?(?:0x[0-9a-fA-F]+|[0-9]+)/y;
/** Addresses and networks, told from numbers and names by their dots and colons; checked when they are compared. */
const address = /(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*)(?:\/[0-9]+)?/y;
/** Longest first, so that none hides another. */
const operator = /&&|\|\||[=!><]=|\^=|=\^|[><~!()]/y;
const blank = /\s+/y;
const space = 32;

/** Characters from `position` on that match a sticky pattern. */
function measure(pattern: RegExp, source: string, position: number): number {
  pattern.lastIndex = position;
  return pattern.test(source) ? pattern.lastIndex - position : 0;
}

/** Where the next word begins. */
function skipBlanks(source: string, position: number): number {
  let at = position;
  while (source.charCodeAt(at) === space) at++;
  const code = source.charCodeAt(at);
  return code > space && code < 128 ? at : at + measure(blank, source, at);
}

/** Without escapes a string is a part of its source, which the route keeps anyway, and takes no memory of its own. */
function quoted(source: string, start: number): { text: string; end: number } {
  let text = "";
  let from = start + 1;
  for (let at = from; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code === quote) {
      const rest = source.slice(from, at);
      return { text: text === "" ? rest : text + rest, end: at + 1 };
    }
    if (code !== backslash) continue;
    const escaped = escapes[source[at + 1] ?? ""];
    if (escaped === undefined) throw new ExpressionError("escape in a string is not known", source, at);
    text += source.slice(from, at) + escaped;
    from = ++at + 1;
  }
  throw new ExpressionError("string is not closed", source, start);
}

function raw(source: string, start: number): { text: string; end: number } {
  const end = source.indexOf('"#', start + 3);
  if (end < 0) throw new ExpressionError("raw string is not closed", source, start);
  return { text: source.slice(start + 3, end), end: end + 2 };
}

const words = [
  ["address", address],
  ["name", name],
  ["number", number],
  ["operator", operator],
] as const;

/** @throws ExpressionError for what is no word of the language. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  const push = (kind: Token["kind"], text: string, end: number): void => {
    tokens.push({ kind, text, position });
    position = end;
  };
  for (;;) {
    position = skipBlanks(source, position);
    if (position >= source.length) break;
    if (source[position] === '"') {
      const { text, end } = quoted(source, position);
      push("string", text, end);
      continue;
    }
    if (source.startsWith('r#"', position)) {
      const { text, end } = raw(source, position);
      push("string", text, end);
      continue;
    }
    const word = words.find(([, pattern]) => measure(pattern, source, position) > 0);
    if (!word) throw new ExpressionError("character has no meaning here", source, position);
    const [kind, { lastIndex }] = word;
    push(kind, source.slice(position, lastIndex), lastIndex);
  }
  push("end", "", position);
  return tokens;
}

/** A word, sign, number or text of a Lua expression. */
export interface Token {
  readonly kind: "name" | "number" | "text" | "sign" | "end";
  readonly text: string;
}

/** Why an expression can't be used. */
export class ExpressionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ExpressionError";
  }
}

const pattern =
  /\s*(?:([A-Za-z_]\w*)|(0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|"((?:[^"\\\n]|\\[^])*)"|'((?:[^'\\\n]|\\[^])*)'|(\.\.|[=~<>]=|[-+*/%^#<>()[\].:,])|([^]))/y;

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
};

const unescape = (text: string): string =>
  text.replace(/\\(\d{1,3}|[^])/g, (_, escaped: string) =>
    /^\d/.test(escaped) ? String.fromCharCode(Number(escaped)) : (escapes[escaped] ?? escaped),
  );

/** @throws ExpressionError for what is no Lua. @see Lua 5.1 manual §2.1 */
export const tokens = (source: string): Token[] => {
  const found: Token[] = [];
  pattern.lastIndex = 0;
  const trimmed = source.trimEnd();
  while (pattern.lastIndex < trimmed.length) {
    const [, name, number, double, single, sign, other] = pattern.exec(trimmed)!;
    if (other !== undefined) throw new ExpressionError(`unexpected symbol near '${other}'`);
    if (name !== undefined) found.push({ kind: "name", text: name });
    else if (number !== undefined) found.push({ kind: "number", text: number });
    else if (sign !== undefined) found.push({ kind: "sign", text: sign });
    else found.push({ kind: "text", text: unescape((double ?? single)!) });
  }
  found.push({ kind: "end", text: "<eof>" });
  return found;
};

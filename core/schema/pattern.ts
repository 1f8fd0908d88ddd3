const classes: Readonly<Record<string, string>> = {
  a: "A-Za-z",
  d: "0-9",
  l: "a-z",
  u: "A-Z",
  w: "A-Za-z0-9",
  x: "0-9A-Fa-f",
  s: "\\t-\\r ",
  p: "!-\\/:-@\\[-`{-~",
  c: "\\x00-\\x1f\\x7f",
};

const literal = (char: string): string => (/[\^$\\.*+?()[\]{}|/-]/.test(char) ? `\\${char}` : char);

/** `%x` inside or outside a set: the members of the class, or the character itself. */
function escaped(char: string, inSet: boolean): string {
  const members = classes[char.toLowerCase()];
  if (members === undefined) return literal(char);
  const negated = char !== char.toLowerCase();
  if (!inSet) return `[${negated ? "^" : ""}${members}]`;
  if (negated) throw new TypeError(`the pattern class %${char} can't be used inside a set`);
  return members;
}

function set(pattern: string, start: number): { source: string; end: number } {
  let i = start + 1;
  let source = "[";
  if (pattern[i] === "^") {
    source += "^";
    i++;
  }
  const first = i;
  for (; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === "]" && i > first) return { source: `${source}]`, end: i };
    if (char === "%") source += escaped(pattern[++i] ?? "", true);
    else if (char === "-" && i > first && pattern[i + 1] !== "]") source += "-";
    else source += literal(char);
  }
  throw new TypeError(`the pattern ${pattern} has an open set`);
}

/**
 * Compiles a Lua pattern, the notation that Kong's schemas publish, to a regular expression.
 *
 * @throws TypeError for `%b`, `%f` and back-references, which no schema uses.
 */
export function luaPattern(pattern: string): RegExp {
  let source = "";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === "%") {
      const next = pattern[++i] ?? "";
      if (/[bf0-9]/.test(next)) throw new TypeError(`the pattern item %${next} is not supported`);
      source += escaped(next, false);
    } else if (char === "[") {
      const { source: text, end } = set(pattern, i);
      source += text;
      i = end;
    } else if (char === "^" && i === 0) source += "^";
    else if (char === "$" && i === pattern.length - 1) source += "$";
    else if (char === "-" && i > 0) source += "*?";
    else if (".*+?()".includes(char)) source += char === "." ? "[^]" : char;
    else source += literal(char);
  }
  return new RegExp(source);
}

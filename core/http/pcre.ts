const flagNames = new Set(["i", "m", "s"]);

const tokens = /\\[^]|\[\^?]?(?:\\[^]|[^\]\\])*]|[.$]/g;

/**
 * A pattern as plugins' configurations hold them, written for PCRE, as the runtime's own expression. What both
 * dialects know means the same; flags at the start, named groups and POSIX anchors are translated; so are `.` and `$`,
 * which let a line feed at the end pass.
 *
 * @param isWhole True when the whole text has to match.
 * @throws SyntaxError for what can't be said in JavaScript (atomic groups, possessive quantifiers, recursion), for POSIX's
 * classes and letters behind a backslash that mean something else there.
 */
export const pcre = (pattern: string, isWhole = false): RegExp => {
  const start = /^\(\?([a-z]+)\)/.exec(pattern);
  const flags = start?.[1] ?? "";
  if (flags.split("").some((flag) => !flagNames.has(flag)))
    throw new SyntaxError(`(?${flags}) is not supported`);
  const body = pattern
    .slice(start?.[0].length ?? 0)
    .replaceAll("(?P<", "(?<")
    .replace(/\\A/g, "^")
    .replace(/\\[zZ]/g, "$")
    .replace(tokens, (token) => {
      if (/^\\[CEGHKN-RXaehp]|\[:/.test(token)) throw new SyntaxError(token);
      if (token === "." && !flags.includes("s")) return "[^\\n]";
      return token === "$" && !flags.includes("m") ? "(?=\\n?$)" : token;
    });
  return new RegExp(isWhole ? `^(?:${body})$` : body, [...new Set(flags.split(""))].join(""));
};

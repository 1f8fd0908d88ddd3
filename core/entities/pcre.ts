/** The place after a character class that begins at `open`, -1 when it never ends. */
function classEnd(pattern: string, open: number): number {
  let i = open + 1;
  if (pattern[i] === "^") i++;
  // A bracket right at the start belongs to the class.
  if (pattern[i] === "]") i++;
  for (; i < pattern.length; i++) {
    if (pattern[i] === "\\") i++;
    else if (pattern[i] === "[" && pattern[i + 1] === ":") {
      const end = pattern.indexOf(":]", i + 2);
      if (end > 0) i = end + 1;
    } else if (pattern[i] === "]") return i + 1;
  }
  return -1;
}

const isQuantifier = (rest: string): boolean => /^(?:[*+?]|\{\d+(?:,\d*)?\})/.test(rest);

interface Problem {
  readonly told: string;
  /** Where, when it is not at the end. */
  readonly at?: number;
}

function structureProblem(pattern: string): Problem | undefined {
  let depth = 0;
  let repeatable = false;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === "\\") {
      if (++i >= pattern.length) return { told: "\\ at end of pattern" };
      repeatable = true;
    } else if (char === "[") {
      const end = classEnd(pattern, i);
      if (end < 0) return { told: "missing terminating ] for character class" };
      i = end - 1;
      repeatable = true;
    } else if (char === "(") {
      depth++;
      repeatable = false;
      const group =
        /^\((?:\?(?:P?<[A-Za-z_]\w*>|'[A-Za-z_]\w*'|[:=!>|]|<[=!]|[A-Za-z^-]*[:)])|\*[A-Z_:]+\))/.exec(
          pattern.slice(i),
        );
      if (group) {
        i += group[0].length - 1;
        if (group[0].endsWith(")")) depth--;
      } else if (pattern[i + 1] === "?") return { told: "unrecognized character after (? or (?-" };
    } else if (char === ")") {
      if (--depth < 0) return { told: "unmatched closing parenthesis", at: i };
      repeatable = true;
    } else if (isQuantifier(pattern.slice(i, i + 16))) {
      if (!repeatable) return { told: "quantifier does not follow a repeatable item", at: i };
      // Whether a repetition may be repeated is a matter of dialect.
      i += /^(?:[*+?]|\{[\d,]+\})[?+]?/.exec(pattern.slice(i))![0].length - 1;
    } else repeatable = char !== "|" && char !== "^";
  }
  return depth > 0 ? { told: "missing closing parenthesis" } : undefined;
}

/**
 * What is wrong with the structure of a regular expression in every dialect: brackets, groups, quantifiers. The message
 * has the form that Kong's clients know from PCRE. Dialects are the router's business.
 */
export function pcreProblem(pattern: string): string | undefined {
  const problem = structureProblem(pattern);
  if (!problem) return undefined;
  const place = problem.at === undefined ? "" : ` at "${pattern.slice(problem.at)}"`;
  return `invalid regex: '${pattern}' (PCRE returned: pcre2_compile() failed: ${problem.told} in "${pattern}"${place})`;
}

import { Alphabet } from "./alphabet.ts";
import { Automaton } from "./automaton.ts";
import { literalPrefix } from "./literal.ts";
import { parseRegex } from "./parse.ts";
import { type Program, buildProgram } from "./program.ts";

/** What runs a pattern, or all patterns that differ in the plain characters they begin with only. */
export interface Engine {
  readonly program: Program;
  readonly alphabet: Alphabet;
  readonly automaton: Automaton;
  /** Of what every matching text begins with; the automaton starts behind it. */
  readonly prefixLength: number;
  readonly looksBack: boolean;
  /** Has left the cache: whoever still has it lets it go. */
  isRetired: boolean;
}

/**
 * Engines by pattern, the least recently built in front. One takes some 3-17 KB and 50 us to build, so that a table of
 * 100,000 patterns must not keep one for each. Most routes end alike (`/\d+$`), and share theirs: of 1,000 such
 * routes in turns each match took 600 ns with engines of their own.
 */
const engines = new Map<string, Engine>();
const maxEngines = 2048;

/** Plain characters behind a leading `^`; the last may be one that is repeated. */
const plainStart = /^\^[\w/-]+/;

/**
 * Characters behind the leading `^` of a pattern that can be cut out: texts are known to begin with them, and the rest
 * is a pattern that behaves the same behind them. @param prefix What every matching text begins with.
 */
export function cuttable(pattern: string, prefix: string): number {
  const found = plainStart.exec(pattern);
  if (!found) return 0;
  const length = found[0].length - 1;
  const isRepeated = /[*+?{]/.test(pattern.charAt(length + 1));
  const plain = isRepeated ? length - 1 : length;
  // An alternative at the top, `^/a|/b`, has no prefix.
  return prefix.startsWith(pattern.slice(1, plain + 1)) ? plain : 0;
}

/** Whether anything but the leading `^` asks what is in front of a place: cut patterns have something else there. */
function looksBack({ code }: Program): boolean {
  const leading = code.findIndex(({ operation }) => operation !== "save");
  return code.some(
    ({ operation, assertion }, at) => operation === "assert" && assertion !== "textEnd" && at !== leading,
  );
}

function build(pattern: string): Engine {
  const parsed = parseRegex(pattern);
  const program = buildProgram(parsed);
  const alphabet = new Alphabet(program);
  const prefix = literalPrefix(parsed.node);
  return {
    program,
    alphabet,
    automaton: new Automaton(program, alphabet, !program.anchored, prefix),
    prefixLength: prefix.length,
    looksBack: looksBack(program),
    isRetired: false,
  };
}

/** The engine of a pattern, from the cache or new. */
export function engineOf(pattern: string): Engine {
  const known = engines.get(pattern);
  if (known) return known;
  const engine = build(pattern);
  if (engines.size >= maxEngines) {
    const [oldest, old] = engines.entries().next().value!;
    engines.delete(oldest);
    old.isRetired = true;
  }
  engines.set(pattern, engine);
  return engine;
}

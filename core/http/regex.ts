import { Alphabet } from "./regex/alphabet.ts";
import { Automaton } from "./regex/automaton.ts";
import { literalPrefix } from "./regex/literal.ts";
import { parseRegex } from "./regex/parse.ts";
import { simulate } from "./regex/pike.ts";
import { type Program, buildProgram } from "./regex/program.ts";

export { RegexSyntaxError } from "./regex/syntax.ts";

export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  /** By number, 0 the whole; undefined for a group that took no part. */
  readonly groups: readonly (string | undefined)[];
}

interface Engine {
  readonly program: Program;
  readonly alphabet: Alphabet;
  readonly automaton: Automaton;
}

/**
 * Expressions with a built automaton, in a ring; the oldest loses its own when the ring is full. An automaton takes
 * some 3-17 KB and 50 us to build, so that a table of 100,000 expressions must not keep them all.
 */
const built: (Regex | undefined)[] = [];
const maxBuilt = 2048;
let nextBuilt = 0;

/**
 * A regular expression in the dialect of Rust's regex crate, which Kong's routes use. Works on text, not on byte
 * strings. Time is linear in the length of the text whatever the pattern: an automaton decides, nothing backtracks.
 * The automaton is built at the first use; until then only the pattern is kept.
 */
export class Regex {
  readonly pattern: string;
  /** Names by group number; 0 is the whole. */
  readonly groupNames: readonly (string | undefined)[];
  /** What every matching text begins with; empty when nothing is certain. */
  readonly prefix: string;
  private engine: Engine | undefined;

  /** @throws RegexSyntaxError for a pattern that the dialect refuses; SyntaxError for one that needs too much memory. */
  constructor(pattern: string) {
    const parsed = parseRegex(pattern);
    // Counted repetitions are what makes a program larger than its pattern.
    if (pattern.includes("{") || pattern.length > 4096) buildProgram(parsed);
    this.pattern = pattern;
    this.groupNames = parsed.groupNames;
    this.prefix = literalPrefix(parsed.node);
  }

  private get ready(): Engine {
    if (!this.engine) {
      const program = buildProgram(parseRegex(this.pattern));
      const alphabet = new Alphabet(program);
      this.engine = {
        program,
        alphabet,
        automaton: new Automaton(program, alphabet, !program.anchored, this.prefix),
      };
      built[nextBuilt]?.forget();
      built[nextBuilt] = this;
      nextBuilt = (nextBuilt + 1) % maxBuilt;
    }
    return this.engine;
  }

  /** Gives the automaton up; the next use builds it again. */
  private forget(): void {
    this.engine = undefined;
  }

  private run(text: string, any: boolean): number {
    const { prefix } = this;
    if (!text.startsWith(prefix)) return -1;
    return this.ready.automaton.run(text, prefix.length, any);
  }

  test(text: string): boolean {
    return this.run(text, true) >= 0;
  }

  /** The leftmost match, by the preferences of the pattern; undefined without one. */
  exec(text: string): RegexMatch | undefined {
    const { program, alphabet } = this.ready;
    if (program.anchored && this.groupNames.length === 1) {
      const end = this.run(text, false);
      return end < 0 ? undefined : { start: 0, end, groups: [text.slice(0, end)] };
    }
    const slots = simulate(program, alphabet, text);
    if (!slots) return undefined;
    const groups = this.groupNames.map((_, index) => {
      const start = slots[index * 2]!;
      const end = slots[index * 2 + 1]!;
      return start < 0 || end < 0 ? undefined : text.slice(start, end);
    });
    return { start: slots[0]!, end: slots[1]!, groups };
  }

  /** Length of the match, in code units of `text`, -1 without one; cheaper than {@link exec} where groups don't matter. */
  matchLength(text: string): number {
    if (this.ready.program.anchored) return this.run(text, false);
    const match = this.exec(text);
    return match ? match.end - match.start : -1;
  }

  /** States of the automaton that are kept now, for tests that bound memory. */
  get stateCount(): number {
    return this.engine?.automaton.stateCount ?? 0;
  }

  /** Steps taken to build the automaton so far; tests bound the work of hostile patterns by it. */
  get builtTransitions(): number {
    return this.engine?.automaton.built ?? 0;
  }
}

/** @returns Why a pattern can't be used, undefined when it can. */
export function checkRegex(pattern: string): string | undefined {
  try {
    void new Regex(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

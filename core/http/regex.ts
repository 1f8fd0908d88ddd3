import { type Engine, cuttable, engineOf } from "./regex/engine.ts";
import { literalPrefix } from "./regex/literal.ts";
import { parseRegex } from "./regex/parse.ts";
import { simulate } from "./regex/pike.ts";
import { buildProgram } from "./regex/program.ts";

export { RegexSyntaxError } from "./regex/syntax.ts";

export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  /** By number, 0 the whole; undefined for a group that took no part. */
  readonly groups: readonly (string | undefined)[];
}

const noGroups: Regex["groupNames"] = [undefined];

/**
 * A regular expression in the dialect of Rust's regex crate, which Kong's routes use. Works on text, not on byte
 * strings. Time is linear in the length of the text whatever the pattern: an automaton decides, nothing backtracks.
 * The automaton is built at the first use, and shared; until then only the pattern is kept.
 */
export class Regex {
  readonly pattern: string;
  /** Names by group number; 0 is the whole. */
  readonly groupNames: readonly (string | undefined)[];
  /** What every matching text begins with; empty when nothing is certain. */
  readonly prefix: string;
  private engine: Engine | undefined;
  /** Characters at the start of texts that the engine doesn't see. */
  private cut = 0;

  /** @throws RegexSyntaxError for a pattern that the dialect refuses; SyntaxError for one that needs too much memory. */
  constructor(pattern: string) {
    const parsed = parseRegex(pattern);
    // Counted repetitions are what makes a program larger than its pattern.
    if (pattern.includes("{") || pattern.length > 4096) buildProgram(parsed);
    this.pattern = pattern;
    this.groupNames = parsed.groupNames.length === 1 ? noGroups : parsed.groupNames.slice();
    const prefix = literalPrefix(parsed.node);
    // As a part of the pattern it takes no memory of its own.
    this.prefix = pattern.startsWith(prefix, 1) ? pattern.slice(1, 1 + prefix.length) : prefix;
  }

  private get ready(): Engine {
    const { live, pattern } = this;
    if (live) return live;
    this.cut = cuttable(pattern, this.prefix);
    let engine = engineOf(this.cut === 0 ? pattern : `^${pattern.slice(1 + this.cut)}`);
    if (this.cut > 0 && engine.looksBack) {
      this.cut = 0;
      engine = engineOf(pattern);
    }
    return (this.engine = engine);
  }

  private run(text: string, any: boolean): number {
    if (!text.startsWith(this.prefix)) return -1;
    const { automaton, prefixLength } = this.ready;
    return automaton.run(text, this.cut + prefixLength, any);
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
    const { cut } = this;
    if (!text.startsWith(this.prefix)) return undefined;
    const rest = text.slice(cut);
    const slots = simulate(program, alphabet, rest);
    if (!slots) return undefined;
    const [start, end] = cut > 0 ? [0, slots[1]! + cut] : [slots[0]!, slots[1]!];
    const groups = this.groupNames.map((_, index) => {
      const from = slots[index * 2]!;
      const to = slots[index * 2 + 1]!;
      return from < 0 || to < 0 ? undefined : rest.slice(from, to);
    });
    groups[0] = text.slice(start, end);
    return { start, end, groups };
  }

  /** Length of the match, in code units of `text`, -1 without one; cheaper than {@link exec} where groups don't matter. */
  matchLength(text: string): number {
    if (this.ready.program.anchored) return this.run(text, false);
    const match = this.exec(text);
    return match ? match.end - match.start : -1;
  }

  private get live(): Engine | undefined {
    return this.engine?.isRetired === false ? this.engine : undefined;
  }

  /** States of the automaton that are kept now, for tests that bound memory. */
  get stateCount(): number {
    return this.live?.automaton.stateCount ?? 0;
  }

  /** Steps taken to build the automaton so far; tests bound the work of hostile patterns by it. */
  get builtTransitions(): number {
    return this.live?.automaton.built ?? 0;
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

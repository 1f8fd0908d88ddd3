/** A compiled regular expression of the dialect that routes use (Rust's regex crate). Works on text, not on byte strings. */
export interface Regex {
  /** The part of `text` that matches, with groups by number (0 is the whole); undefined when nothing does. */
  exec(text: string): RegexMatch | undefined;
  test(text: string): boolean;
  readonly groupCount: number;
  /** Names by group number. */
  readonly groupNames: readonly (string | undefined)[];
}

export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
}

class NativeRegex implements Regex {
  readonly groupCount: number;
  readonly groupNames: readonly (string | undefined)[];
  private readonly native: RegExp;

  constructor(pattern: string) {
    const source = pattern.replaceAll("(?P<", "(?<");
    const flagged = source.replace("(?i)", "");
    this.native = new RegExp(flagged, flagged === source ? "" : "i");
    this.groupCount = new RegExp(`${flagged}|`).exec("")!.length - 1;
    const names: (string | undefined)[] = [undefined];
    for (const [, name] of flagged.matchAll(/(?<!\\)\((?!\?)|\(\?<(?<name>[^>=!]+)>/g)) names.push(name);
    this.groupNames = names;
  }

  exec(text: string): RegexMatch | undefined {
    const found = this.native.exec(text);
    return found ? { start: found.index, end: found.index + found[0].length, groups: [...found] } : undefined;
  }

  test(text: string): boolean {
    return this.native.test(text);
  }
}

/** @throws SyntaxError when the pattern is not valid in the dialect. */
export const compileRegex = (pattern: string): Regex => new NativeRegex(pattern);

/** @returns Why a pattern can't be used, undefined when it can. */
export function checkRegex(pattern: string): string | undefined {
  try {
    compileRegex(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

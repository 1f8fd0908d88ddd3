import type { CharSet } from "./charset.ts";

/** What can be asked of a place between two characters. */
export type Assertion =
  | "textStart"
  | "textEnd"
  | "lineStart"
  | "lineEnd"
  | "crlfLineStart"
  | "crlfLineEnd"
  | "word"
  | "notWord"
  | "asciiWord"
  | "notAsciiWord"
  | "wordStart"
  | "wordEnd"
  | "wordStartHalf"
  | "wordEndHalf";

/** A parsed regular expression. */
export type Node =
  | { readonly type: "empty" }
  | { readonly type: "set"; readonly set: CharSet }
  | { readonly type: "assert"; readonly assertion: Assertion }
  | { readonly type: "concat" | "alternate"; readonly nodes: readonly Node[] }
  | {
      readonly type: "repeat";
      readonly node: Node;
      readonly min: number;
      /** Infinity without an upper bound. */
      readonly max: number;
      readonly greedy: boolean;
    }
  | { readonly type: "group"; readonly node: Node; readonly index: number };

export interface ParsedRegex {
  readonly node: Node;
  /** Names by group number; 0 is the whole. */
  readonly groupNames: readonly (string | undefined)[];
}

/** A pattern that the dialect refuses. */
export class RegexSyntaxError extends SyntaxError {
  override readonly name = "RegexSyntaxError";
  /** Characters before the place where the pattern goes wrong. */
  readonly position: number;

  constructor(reason: string, position: number) {
    super(`${reason} at character ${position + 1}`);
    this.position = position;
  }
}

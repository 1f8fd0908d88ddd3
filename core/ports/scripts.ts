import type { Ready } from "../ready.ts";

/** Functions by name, in groups: `request: { getHeader }`. A group with `call` is a function too. */
export interface ScriptFunctions {
  readonly [name: string]: ScriptFunctions | ((...args: never[]) => unknown);
}

/**
 * Runs a text once.
 *
 * Every run is given functions of the same names. What they return, and what they are given, is what JSON can hold; what
 * is not there is null. A promise is one in the text too, where it may be waited for.
 *
 * @returns A promise only when the text waits.
 * @throws Error when the text throws, waits for what never comes, or wants more time or memory than it may have.
 */
export type Script = (kong: ScriptFunctions) => Ready<void>;

/** The texts of one configuration: they share what they keep between runs, and nothing with other configurations. */
export interface ScriptSpace {
  /**
   * @param text The body of a function of `kong`, which may use `await`. It runs each time, unless it returns a function:
   * from then on that one is called with `kong`.
   */
  compile(text: string): Script;
  /** Forgets what was kept. Runs under way end as they would have. */
  close(): void;
}

/** Runs JavaScript that comes as text in configurations. */
export interface Scripts {
  /** @throws Error that says why a text is no body of a function. */
  check(text: string): void;
  open(): ScriptSpace;
}

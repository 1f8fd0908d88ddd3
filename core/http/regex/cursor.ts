import { RegexSyntaxError } from "./syntax.ts";

/** Flags that a pattern can set and clear. */
export interface Flags {
  readonly ignoreCase: boolean;
  readonly multiLine: boolean;
  readonly dotAll: boolean;
  readonly swapGreed: boolean;
  readonly unicode: boolean;
  readonly verbose: boolean;
  readonly crlf: boolean;
}

/** A pattern being read, character by character. */
export class Cursor {
  readonly pattern: readonly string[];
  at = 0;
  flags: Flags = {
    ignoreCase: false,
    multiLine: false,
    dotAll: false,
    swapGreed: false,
    unicode: true,
    verbose: false,
    crlf: false,
  };

  constructor(pattern: string) {
    this.pattern = Array.from(pattern);
  }

  get done(): boolean {
    return this.at >= this.pattern.length;
  }

  /** The next character, "" at the end. */
  peek(ahead = 0): string {
    return this.pattern[this.at + ahead] ?? "";
  }

  /** Takes the next character; fails at the end. */
  take(): string {
    if (this.done) this.fail("pattern ends too early");
    return this.pattern[this.at++]!;
  }

  /** Takes `text` when it comes next. */
  accept(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.peek(i) !== text[i]) return false;
    this.at += text.length;
    return true;
  }

  /** In verbose mode passes over blanks and comments. */
  skipBlanks(): void {
    if (!this.flags.verbose) return;
    while (!this.done) {
      if (/\s/u.test(this.peek())) this.at++;
      else if (this.peek() === "#") while (!this.done && this.peek() !== "\n") this.at++;
      else return;
    }
  }

  fail(reason: string, position = this.at): never {
    throw new RegexSyntaxError(reason, position);
  }
}

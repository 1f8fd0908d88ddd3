import { contextOf, isEdge } from "./context.ts";
import type { Program } from "./program.ts";

/** Code points beyond ASCII whose class is remembered; a flood of different ones must not grow memory. */
const maxRemembered = 1024;

/**
 * Code points in classes: what no part of a program tells apart is one symbol. Symbol 0 is the end of the text.
 * Classes appear as texts bring them.
 */
export class Alphabet {
  /** Symbols of the ASCII characters, 0 for those that no text has brought yet. */
  readonly ascii = new Uint16Array(128);
  /** By symbol and set: whether the set has the symbol's characters. */
  readonly members: boolean[][] = [[]];
  /** By symbol: what assertions see of it. */
  readonly contexts: number[] = [isEdge];
  private readonly program: Program;
  private readonly symbols = new Map<string, number>();
  private readonly beyond = new Map<number, number>();

  constructor(program: Program) {
    this.program = program;
  }

  private classify(codePoint: number): number {
    const { sets, hasAssertions } = this.program;
    const member = sets.map((set) => set.has(codePoint));
    const context = hasAssertions ? contextOf(codePoint) : 0;
    let key = String.fromCharCode(context);
    for (let i = 0; i < member.length; i++) if (member[i]) key += String.fromCharCode(i);
    let symbol = this.symbols.get(key);
    if (symbol === undefined) {
      symbol = this.members.push(member) - 1;
      this.contexts.push(context);
      this.symbols.set(key, symbol);
    }
    return symbol;
  }

  symbolOf(codePoint: number): number {
    if (codePoint < 128) return this.ascii[codePoint]! || (this.ascii[codePoint] = this.classify(codePoint));
    let symbol = this.beyond.get(codePoint);
    if (symbol === undefined) {
      symbol = this.classify(codePoint);
      if (this.beyond.size >= maxRemembered) this.beyond.clear();
      this.beyond.set(codePoint, symbol);
    }
    return symbol;
  }
}

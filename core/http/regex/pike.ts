import type { Alphabet } from "./alphabet.ts";
import { holds, isEdge } from "./context.ts";
import type { Program } from "./program.ts";

/** Threads at one place in the text, in order of preference, each with its group positions. */
class Threads {
  readonly instructions: Int32Array;
  readonly slots: Int32Array;
  readonly seen: Int32Array;
  count = 0;

  constructor(size: number, slotCount: number) {
    this.instructions = new Int32Array(size);
    this.slots = new Int32Array(size * slotCount);
    this.seen = new Int32Array(size).fill(-1);
  }
}

/** One run of a program over a text. */
class Simulation {
  private readonly program: Program;
  private readonly slotCount: number;
  /** Group positions of the thread that is followed. */
  private readonly working: Int32Array;
  /** Pairs: instruction and 0, or minus one minus a slot and what to put back into it. */
  private readonly stack: number[] = [];

  constructor(program: Program) {
    this.program = program;
    this.slotCount = program.groupNames.length * 2;
    this.working = new Int32Array(this.slotCount);
  }

  /** Follows what takes no character, from one instruction on. */
  private add(threads: Threads, start: number, position: number, before: number, after: number): void {
    const { stack, working, slotCount } = this;
    const { code } = this.program;
    stack.push(start, 0);
    while (stack.length > 0) {
      const value = stack.pop()!;
      const at = stack.pop()!;
      if (at < 0) {
        working[-1 - at] = value;
        continue;
      }
      if (threads.seen[at] === position) continue;
      threads.seen[at] = position;
      const { operation, first, second, assertion } = code[at]!;
      if (operation === "split") stack.push(second, 0, first, 0);
      else if (operation === "jump") stack.push(first, 0);
      else if (operation === "save") {
        stack.push(-1 - first, working[first]!, at + 1, 0);
        working[first] = position;
      } else if (operation === "assert") {
        if (holds(assertion!, before, after)) stack.push(at + 1, 0);
      } else {
        const offset = threads.count * slotCount;
        for (let i = 0; i < slotCount; i++) threads.slots[offset + i] = working[i]!;
        threads.instructions[threads.count++] = at;
      }
    }
  }

  run(alphabet: Alphabet, text: string): Int32Array | undefined {
    const { working, slotCount } = this;
    const { code, anchored } = this.program;
    let current = new Threads(code.length, slotCount);
    let next = new Threads(code.length, slotCount);
    let found: Int32Array | undefined;
    let before = isEdge;
    let position = 0;
    let symbol = symbolAt(alphabet, text, position);
    for (;;) {
      const after = alphabet.contexts[symbol]!;
      if (!found && (position === 0 || !anchored)) {
        working.fill(-1);
        working[0] = position;
        this.add(current, 0, position, before, after);
      }
      if (current.count === 0 && (found || anchored)) return found;
      const following = position + (text.codePointAt(position)! > 0xffff ? 2 : 1);
      const nextSymbol = symbolAt(alphabet, text, following);
      const member = alphabet.members[symbol]!;
      next.count = 0;
      for (let i = 0; i < current.count; i++) {
        const at = current.instructions[i]!;
        const { operation, first } = code[at]!;
        if (operation === "match") {
          // Threads behind this one are less preferred.
          found = current.slots.slice(i * slotCount, (i + 1) * slotCount);
          found[1] = position;
          break;
        }
        if (symbol === 0 || !member[first]) continue;
        for (let j = 0; j < slotCount; j++) working[j] = current.slots[i * slotCount + j]!;
        this.add(next, at + 1, following, after, alphabet.contexts[nextSymbol]!);
      }
      if (symbol === 0) return found;
      [current, next] = [next, current];
      before = after;
      position = following;
      symbol = nextSymbol;
    }
  }
}

const symbolAt = (alphabet: Alphabet, text: string, position: number): number =>
  position < text.length ? alphabet.symbolOf(text.codePointAt(position)!) : 0;

/**
 * Simulates all threads of a program side by side, with the positions of their groups. Costs at most text length
 * times program size; used when the groups of a match are asked for.
 *
 * @returns Start and end of each group, -1 for one that took no part; undefined without a match.
 */
export const simulate = (program: Program, alphabet: Alphabet, text: string): Int32Array | undefined =>
  new Simulation(program).run(alphabet, text);

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

/**
 * Simulates all threads of a program side by side, with the positions of their groups. Costs at most text length
 * times program size; used when the groups of a match are asked for.
 *
 * @returns Start and end of each group, -1 for one that took no part; undefined without a match.
 */
export function simulate(program: Program, alphabet: Alphabet, text: string): Int32Array | undefined {
  const { code } = program;
  const slotCount = program.groupNames.length * 2;
  let current = new Threads(code.length, slotCount);
  let next = new Threads(code.length, slotCount);
  const working = new Int32Array(slotCount).fill(-1);
  const fresh = new Int32Array(slotCount).fill(-1);
  let found: Int32Array | undefined;
  const stack: number[] = [];

  /** Follows what takes no character; a restore entry (negative) puts a slot back on the way out. */
  const add = (threads: Threads, start: number, position: number, before: number, after: number): void => {
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
        threads.slots.set(working, threads.count * slotCount);
        threads.instructions[threads.count++] = at;
      }
    }
  };

  let before = isEdge;
  let position = 0;
  let symbol = symbolAt(alphabet, text, position);
  for (;;) {
    const after = alphabet.contexts[symbol]!;
    if (!found && (position === 0 || !program.anchored)) {
      working.set(fresh);
      working[0] = position;
      add(current, 0, position, before, after);
    }
    if (current.count === 0 && (found || program.anchored)) return found;
    const width = position < text.length && text.codePointAt(position)! > 0xffff ? 2 : 1;
    const following = position + width;
    const nextSymbol = symbolAt(alphabet, text, following);
    const member = alphabet.members[symbol]!;
    next.count = 0;
    for (let i = 0; i < current.count; i++) {
      const at = current.instructions[i]!;
      const { operation, first } = code[at]!;
      const slots = current.slots.subarray(i * slotCount, (i + 1) * slotCount);
      if (operation === "match") {
        found = Int32Array.from(slots);
        found[1] = position;
        break;
      }
      if (symbol === 0 || !member[first]) continue;
      working.set(slots);
      add(next, at + 1, following, after, alphabet.contexts[nextSymbol]!);
    }
    if (symbol === 0) return found;
    [current, next] = [next, current];
    before = after;
    position = following;
    symbol = nextSymbol;
  }
}

const symbolAt = (alphabet: Alphabet, text: string, position: number): number =>
  position < text.length ? alphabet.symbolOf(text.codePointAt(position)!) : 0;

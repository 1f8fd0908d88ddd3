import type { Alphabet } from "./alphabet.ts";
import { holds, isEdge } from "./context.ts";
import type { Program } from "./program.ts";

/** States that are kept; beyond, all are forgotten and built again as needed. Bounds memory, not what can match. */
const maxStates = 512;

interface State {
  /** Threads in order of preference, each about to run the instruction of that number. */
  readonly threads: readonly number[];
  /** What assertions see of the character before. */
  readonly before: number;
}

const dead = 0;

/**
 * A deterministic automaton, built as texts ask for it (subset construction with ordered threads, so that the
 * preferred match wins as it does in a backtracking engine). One table look-up a character once it is warm.
 */
export class Automaton {
  private readonly program: Program;
  private readonly alphabet: Alphabet;
  private readonly search: boolean;
  private states: State[] = [];
  private ids = new Map<string, number>();
  private stride = 0;
  /** By state and symbol: 0 unknown, else (next state << 1 | matched before this symbol) + 1. */
  private table = new Int32Array(0);
  private start = 0;
  private first: State;
  private readonly seen: Int32Array;
  private generation = 0;
  /** Transitions built so far, for tests that bound the work. */
  built = 0;

  /**
   * @param search True to find a match anywhere, false for one at the start of the text.
   * @param prefix What texts are known to begin with: the automaton starts behind it.
   */
  constructor(program: Program, alphabet: Alphabet, search: boolean, prefix: string) {
    this.program = program;
    this.alphabet = alphabet;
    this.search = search;
    this.seen = new Int32Array(program.code.length);
    this.first = { threads: [0], before: program.hasAssertions ? isEdge : 0 };
    this.reset();
    for (const character of prefix) {
      const symbol = alphabet.symbolOf(character.codePointAt(0)!);
      if (symbol >= this.stride) this.reset();
      this.first = this.states[(this.build(this.start, symbol) - 1) >> 1]!;
      this.reset();
    }
    this.built = 0;
  }

  private reset(): void {
    // Room for the symbols of most patterns; one that brings more starts over with twice as many.
    this.stride = Math.max(16, this.alphabet.members.length * 2);
    this.states = [];
    this.ids = new Map();
    this.table = new Int32Array(8 * this.stride);
    this.idOf({ threads: [], before: 0 });
    this.start = this.idOf(this.first);
  }

  private idOf(state: State): number {
    const key = `${state.before}:${state.threads.join()}`;
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.states.push(state) - 1;
      this.ids.set(key, id);
      if (this.states.length * this.stride > this.table.length) {
        const table = new Int32Array(this.table.length * 2);
        table.set(this.table);
        this.table = table;
      }
    }
    return id;
  }

  /** Follows all instructions that take no character, in order; what prefers a match over the rest cuts the rest off. */
  private follow(state: State, after: number, collected: number[]): boolean {
    const { code } = this.program;
    const { seen } = this;
    const generation = ++this.generation;
    const stack: number[] = [];
    for (const thread of state.threads) {
      stack.push(thread);
      while (stack.length > 0) {
        const at = stack.pop()!;
        if (seen[at] === generation) continue;
        seen[at] = generation;
        const { operation, first, second, assertion } = code[at]!;
        if (operation === "match") return true;
        if (operation === "char") collected.push(at);
        else if (operation === "split") stack.push(second, first);
        else if (operation === "jump") stack.push(first);
        else if (operation === "save" || holds(assertion!, state.before, after)) stack.push(at + 1);
      }
    }
    return false;
  }

  private build(id: number, symbol: number): number {
    this.built++;
    const { alphabet, program } = this;
    const collected: number[] = [];
    const matched = this.follow(this.states[id]!, alphabet.contexts[symbol]!, collected);
    const member = alphabet.members[symbol]!;
    const threads: number[] = [];
    const generation = ++this.generation;
    for (const at of collected) {
      if (symbol === 0 || !member[program.code[at]!.first] || this.seen[at + 1] === generation) continue;
      this.seen[at + 1] = generation;
      threads.push(at + 1);
    }
    // A search starts anew at each character, behind everything that started before, until something has matched.
    if (this.search && !matched && symbol !== 0 && this.seen[0] !== generation) threads.push(0);
    const before = program.hasAssertions && threads.length > 0 ? alphabet.contexts[symbol]! : 0;
    const next = threads.length === 0 ? dead : this.idOf({ threads, before });
    const transition = ((next << 1) | (matched ? 1 : 0)) + 1;
    this.table[id * this.stride + symbol] = transition;
    return transition;
  }

  /** States that are kept now. */
  get stateCount(): number {
    return this.states.length;
  }

  /**
   * Runs over a text.
   *
   * @param from Where to begin: the length of the known prefix.
   * @param any True to stop at the first sign of a match.
   * @returns Where the preferred match ends (somewhere in it, for `any`), -1 without one.
   */
  run(text: string, from: number, any: boolean): number {
    const { ascii } = this.alphabet;
    let { table, stride } = this;
    let state = this.start;
    let end = -1;
    const { length } = text;
    let i = from;
    while (i <= length) {
      let symbol = 0;
      let width = 1;
      if (i < length) {
        const unit = text.charCodeAt(i);
        if (unit < 128) symbol = ascii[unit]!;
        if (symbol === 0) {
          const codePoint = text.codePointAt(i)!;
          if (codePoint > 0xffff) width = 2;
          symbol = this.alphabet.symbolOf(codePoint);
          if (symbol >= stride) {
            state = this.restart(state);
            ({ table, stride } = this);
          }
        }
      }
      let transition = table[state * stride + symbol]!;
      if (transition === 0) {
        if (this.states.length >= maxStates) state = this.restart(state);
        transition = this.build(state, symbol);
        ({ table, stride } = this);
      }
      transition--;
      if ((transition & 1) !== 0) {
        end = i;
        if (any) return end;
      }
      state = transition >> 1;
      if (state === dead) return end;
      i += width;
    }
    return end;
  }

  /** Forgets all states but one. @returns Its new number. */
  private restart(id: number): number {
    const state = this.states[id]!;
    this.reset();
    return this.idOf(state);
  }
}

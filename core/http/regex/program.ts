import type { CharSet } from "./charset.ts";
import type { Assertion, Node, ParsedRegex } from "./syntax.ts";

/** What an instruction does. `split` prefers its first target. */
export type Operation = "char" | "split" | "jump" | "save" | "assert" | "match";

export interface Instruction {
  readonly operation: Operation;
  /** char: set; split, jump: target; save: slot. */
  first: number;
  /** split: the other target. */
  second: number;
  readonly assertion: Assertion | undefined;
}

/** A non-deterministic automaton; running it costs at most its size for each character. */
export interface Program {
  readonly code: readonly Instruction[];
  readonly sets: readonly CharSet[];
  readonly groupNames: readonly (string | undefined)[];
  /** Can match at the start of the text only. */
  readonly anchored: boolean;
  readonly hasAssertions: boolean;
}

/** Instructions a pattern may need: bounds the work for each character of a text. */
export const maxInstructions = 16_384;

const minLength = (node: Node): number => {
  switch (node.type) {
    case "set":
      return 1;
    case "concat":
      return node.nodes.reduce((sum, child) => sum + minLength(child), 0);
    case "alternate":
      return Math.min(...node.nodes.map(minLength));
    case "repeat":
      return node.min * minLength(node.node);
    case "group":
      return minLength(node.node);
    default:
      return 0;
  }
};

const startsAtText = (node: Node): boolean => {
  switch (node.type) {
    case "assert":
      return node.assertion === "textStart";
    case "concat":
      return node.nodes.length > 0 && startsAtText(node.nodes[0]!);
    case "alternate":
      return node.nodes.every(startsAtText);
    case "repeat":
      return node.min > 0 && startsAtText(node.node);
    case "group":
      return startsAtText(node.node);
    default:
      return false;
  }
};

class Builder {
  readonly code: Instruction[] = [];
  readonly sets: CharSet[] = [];
  private readonly setIndex = new Map<string, number>();

  emit(operation: Operation, first = 0, second = 0, assertion?: Assertion): number {
    if (this.code.length >= maxInstructions) throw new SyntaxError("regular expression is too large");
    this.code.push({ operation, first, second, assertion });
    return this.code.length - 1;
  }

  private setOf(set: CharSet): number {
    let index = this.setIndex.get(set.key);
    if (index === undefined) {
      index = this.sets.push(set) - 1;
      this.setIndex.set(set.key, index);
    }
    return index;
  }

  add(node: Node): void {
    switch (node.type) {
      case "empty":
        return;
      case "set":
        this.emit("char", this.setOf(node.set));
        return;
      case "assert":
        this.emit("assert", 0, 0, node.assertion);
        return;
      case "concat":
        for (const child of node.nodes) this.add(child);
        return;
      case "alternate":
        this.alternate(node.nodes);
        return;
      case "group":
        this.emit("save", node.index * 2);
        this.add(node.node);
        this.emit("save", node.index * 2 + 1);
        return;
      case "repeat":
        this.repeat(node);
    }
  }

  private alternate(nodes: readonly Node[]): void {
    const ends: number[] = [];
    nodes.forEach((node, index) => {
      const isLast = index === nodes.length - 1;
      const split = isLast ? -1 : this.emit("split", this.code.length + 1);
      this.add(node);
      if (isLast) return;
      ends.push(this.emit("jump"));
      this.code[split]!.second = this.code.length;
    });
    for (const end of ends) this.code[end]!.first = this.code.length;
  }

  /** Points the way out of a loop or option to the next instruction. */
  private leaveAt(split: number, inside: number, greedy: boolean): void {
    const out = this.code.length;
    const instruction = this.code[split]!;
    instruction.first = greedy ? inside : out;
    instruction.second = greedy ? out : inside;
  }

  private repeat({ node, min, max, greedy }: Node & { type: "repeat" }): void {
    for (let i = 0; i < min - 1; i++) this.add(node);
    const unbounded = max === Number.POSITIVE_INFINITY;
    if (min > 0) {
      const start = this.code.length;
      this.add(node);
      if (unbounded) this.leaveAt(this.emit("split"), start, greedy);
    } else if (unbounded) this.star(node, greedy);
    if (!unbounded) this.options(node, max - min, greedy);
  }

  private star(node: Node, greedy: boolean): void {
    const split = this.emit("split");
    const start = this.code.length;
    this.add(node);
    // A body that can be empty must not be entered again at the same place: the loop is put behind it.
    if (minLength(node) === 0) this.leaveAt(this.emit("split"), start, greedy);
    else this.emit("jump", split);
    this.leaveAt(split, start, greedy);
  }

  private options(node: Node, count: number, greedy: boolean): void {
    const splits: [number, number][] = [];
    for (let i = 0; i < count; i++) {
      const split = this.emit("split");
      splits.push([split, this.code.length]);
      this.add(node);
    }
    for (const [split, inside] of splits) this.leaveAt(split, inside, greedy);
  }
}

/** @throws SyntaxError when the pattern needs more than {@link maxInstructions}. */
export function buildProgram(parsed: ParsedRegex): Program {
  const builder = new Builder();
  builder.add(parsed.node);
  builder.emit("match");
  const { code, sets } = builder;
  return {
    code,
    sets,
    groupNames: parsed.groupNames,
    anchored: startsAtText(parsed.node),
    hasAssertions: code.some((instruction) => instruction.operation === "assert"),
  };
}

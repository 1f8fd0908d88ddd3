import type { Node } from "./syntax.ts";

/** A literal, and whether the whole node is no more than it. */
interface Literal {
  readonly text: string;
  readonly whole: boolean;
}

const nothing: Literal = { text: "", whole: false };

function literalOf(node: Node): Literal {
  switch (node.type) {
    case "empty":
      return { text: "", whole: true };
    case "set":
      return node.set.single === undefined
        ? nothing
        : { text: String.fromCodePoint(node.set.single), whole: true };
    case "group":
      return literalOf(node.node);
    case "repeat": {
      if (node.min === 0) return nothing;
      const { text, whole } = literalOf(node.node);
      return { text, whole: whole && node.min === 1 && node.max === 1 };
    }
    case "concat": {
      let text = "";
      for (const child of node.nodes) {
        const next = literalOf(child);
        text += next.text;
        if (!next.whole) return { text, whole: false };
      }
      return { text, whole: true };
    }
    default:
      return nothing;
  }
}

/**
 * What every text begins with that a pattern matches at its start; empty when nothing is certain or when the
 * pattern may match elsewhere, too.
 */
export function literalPrefix(node: Node): string {
  if (node.type !== "concat") return "";
  const [first, ...rest] = node.nodes;
  if (first?.type !== "assert" || first.assertion !== "textStart") return "";
  return literalOf({ type: "concat", nodes: rest }).text;
}

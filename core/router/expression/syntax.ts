/** A word of an expression and where it begins. */
export interface Token {
  readonly kind: "name" | "string" | "number" | "address" | "operator" | "end";
  readonly text: string;
  /** Characters before it. */
  readonly position: number;
}

export type Operator =
  | "=="
  | "!="
  | "~"
  | "^="
  | "=^"
  | ">"
  | ">="
  | "<"
  | "<="
  | "in"
  | "not in"
  | "contains";

export type Literal =
  | { readonly type: "String"; readonly text: string }
  | { readonly type: "Int"; readonly number: number }
  | { readonly type: "IpAddr" | "IpCidr"; readonly text: string };

/** One comparison. */
export interface Comparison {
  readonly type: "compare";
  readonly field: string;
  /** Compare in lower case. */
  readonly lower: boolean;
  /** One value of several is enough. */
  readonly any: boolean;
  readonly operator: Operator;
  readonly literal: Literal;
  readonly position: number;
  readonly literalPosition: number;
}

export type Expression =
  | Comparison
  | { readonly type: "not"; readonly operand: Expression }
  | { readonly type: "and" | "or"; readonly operands: readonly Expression[] };

/** An expression that can't be used; the message says where. */
export class ExpressionError extends SyntaxError {
  override readonly name = "ExpressionError";
  /** Characters before the place in question. */
  readonly position: number;

  constructor(reason: string, source: string, position: number) {
    const before = source.slice(0, position).split("\n");
    super(`${reason} (line ${before.length}, column ${before.at(-1)!.length + 1})`);
    this.position = position;
  }
}

/** An expression that no request can satisfy; the message says why. */
export class UnreachableError extends SyntaxError {
  override readonly name = "UnreachableError";
}

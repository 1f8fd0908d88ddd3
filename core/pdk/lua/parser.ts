import { ExpressionError, type Token, tokens } from "./lexer.ts";
import {
  binary,
  call,
  callMethod,
  functions,
  index,
  isTrue,
  knownMethods,
  unary,
  type Value,
} from "./value.ts";

/** Reads a name of the expression's surroundings. */
export type Scope = (name: string) => Value;
/** A compiled expression. @throws TypeError as Lua would. */
export type Expression = (scope: Scope) => Value;

/** Left and right priorities. @see Lua 5.1 manual §2.5.6 */
const priorities: Readonly<Record<string, readonly [number, number]>> = {
  or: [1, 1],
  and: [2, 2],
  "<": [3, 3],
  ">": [3, 3],
  "<=": [3, 3],
  ">=": [3, 3],
  "~=": [3, 3],
  "==": [3, 3],
  "..": [5, 4],
  "+": [6, 6],
  "-": [6, 6],
  "*": [7, 7],
  "/": [7, 7],
  "%": [7, 7],
  "^": [10, 9],
};
const unaryPriority = 8;
const maxDepth = 50;
const keywords = new Set([
  "function",
  "if",
  "while",
  "for",
  "do",
  "end",
  "local",
  "return",
  "repeat",
  "until",
  "break",
  "then",
  "else",
  "elseif",
  "in",
]);

class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;

  constructor(source: string) {
    this.tokens = tokens(source);
  }

  parse(): Expression {
    const expression = this.expression(0);
    if (this.next.kind !== "end") throw this.unexpected();
    return expression;
  }

  private get next(): Token {
    return this.tokens[this.at]!;
  }

  private unexpected(): ExpressionError {
    return new ExpressionError(`unexpected symbol near '${this.next.text}'`);
  }

  private isSign(text: string): boolean {
    return this.next.kind === "sign" && this.next.text === text;
  }

  private accept(text: string): boolean {
    if (!this.isSign(text)) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text)) throw new ExpressionError(`'${text}' expected near '${this.next.text}'`);
  }

  private name(): string {
    if (this.next.kind !== "name") throw this.unexpected();
    return this.tokens[this.at++]!.text;
  }

  private expression(limit: number): Expression {
    if (++this.depth > maxDepth) throw new ExpressionError("the expression is nested too deeply");
    let left = this.operand();
    for (;;) {
      const { kind, text } = this.next;
      const priority = kind === "sign" || kind === "name" ? priorities[text] : undefined;
      if (priority === undefined || priority[0] <= limit) break;
      this.at++;
      left = combine(text, left, this.expression(priority[1]));
    }
    this.depth--;
    return left;
  }

  private operand(): Expression {
    const { kind, text } = this.next;
    if ((kind === "sign" && (text === "-" || text === "#")) || (kind === "name" && text === "not")) {
      this.at++;
      const inner = this.expression(unaryPriority);
      const apply = unary[text]!;
      return (scope) => apply(inner(scope));
    }
    return this.suffixed(this.primary());
  }

  private primary(): Expression {
    const { kind, text } = this.next;
    if (this.accept("(")) {
      const inner = this.expression(0);
      this.expect(")");
      return inner;
    }
    if (kind === "end" || kind === "sign") throw this.unexpected();
    this.at++;
    if (kind === "text") return () => text;
    if (kind === "number") {
      const number = Number(text);
      return () => number;
    }
    if (text === "nil") return () => undefined;
    if (text === "true" || text === "false") return () => text === "true";
    if (keywords.has(text)) throw new ExpressionError(`'${text}' is not supported: only expressions are`);
    const known = Object.hasOwn(functions, text) ? functions[text] : undefined;
    return known ? () => known : (scope) => scope(text);
  }

  private suffixed(start: Expression): Expression {
    let value = start;
    for (;;) {
      const before = value;
      if (this.accept(".")) {
        const key = this.name();
        value = (scope) => index(before(scope), key);
      } else if (this.accept("[")) {
        const key = this.expression(0);
        this.expect("]");
        value = (scope) => index(before(scope), key(scope));
      } else if (this.accept(":")) {
        const method = this.name();
        if (!knownMethods.has(method)) throw new ExpressionError(`method '${method}' is not supported`);
        const values = this.values();
        value = (scope) =>
          callMethod(
            before(scope),
            method,
            values.map((one) => one(scope)),
          );
      } else if (this.isSign("(")) {
        const values = this.values();
        value = (scope) =>
          call(
            before(scope),
            values.map((one) => one(scope)),
          );
      } else return value;
    }
  }

  private values(): Expression[] {
    this.expect("(");
    const values: Expression[] = [];
    if (this.accept(")")) return values;
    do values.push(this.expression(0));
    while (this.accept(","));
    this.expect(")");
    return values;
  }
}

const combine = (operator: string, left: Expression, right: Expression): Expression => {
  if (operator === "and")
    return (scope) => {
      const value = left(scope);
      return isTrue(value) ? right(scope) : value;
    };
  if (operator === "or")
    return (scope) => {
      const value = left(scope);
      return isTrue(value) ? value : right(scope);
    };
  const apply = binary[operator]!;
  return (scope) => apply(left(scope), right(scope));
};

/** @throws ExpressionError with the reason why it can't be used. */
export const parseExpression = (source: string): Expression => new Parser(source).parse();

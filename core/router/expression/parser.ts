import { tokenize } from "./lexer.ts";
import { type Expression, ExpressionError, type Literal, type Operator, type Token } from "./syntax.ts";

const symbols = new Set(["==", "!=", "~", "^=", "=^", ">", ">=", "<", "<="]);
/** Parentheses and functions that may be nested. */
const maxDepth = 100;

class Parser {
  private readonly source: string;
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;

  constructor(source: string) {
    this.source = source;
    this.tokens = tokenize(source);
  }

  private get next(): Token {
    return this.tokens[this.at]!;
  }

  private fail(reason: string, token = this.next): never {
    throw new ExpressionError(reason, this.source, token.position);
  }

  private accept(text: string): boolean {
    const { kind } = this.next;
    if (this.next.text !== text || (kind !== "operator" && kind !== "name")) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text)) this.fail(`"${text}" is missing`);
  }

  parse(): Expression {
    const expression = this.conjunction();
    if (this.next.kind !== "end") this.fail("expression should have ended here");
    return expression;
  }

  /** In this language `||` binds tighter than `&&`. */
  private conjunction(): Expression {
    const operands = [this.disjunction()];
    while (this.accept("&&")) operands.push(this.disjunction());
    return operands.length === 1 ? operands[0]! : { type: "and", operands };
  }

  private disjunction(): Expression {
    const operands = [this.term()];
    while (this.accept("||")) operands.push(this.term());
    return operands.length === 1 ? operands[0]! : { type: "or", operands };
  }

  private term(): Expression {
    if (++this.depth > maxDepth) this.fail("expression is nested too deep");
    const negated = this.accept("!");
    if (negated && this.next.text !== "(") this.fail('"!" needs parentheses behind it');
    let expression: Expression;
    if (this.accept("(")) {
      expression = this.conjunction();
      this.expect(")");
    } else expression = this.comparison();
    this.depth--;
    return negated ? { type: "not", operand: expression } : expression;
  }

  private comparison(): Expression {
    const { position } = this.next;
    const functions = { lower: false, any: false };
    const field = this.left(functions);
    const operator = this.operator();
    const literalPosition = this.next.position;
    return {
      type: "compare",
      field,
      ...functions,
      operator,
      literal: this.literal(),
      position,
      literalPosition,
    };
  }

  private left(functions: { lower: boolean; any: boolean }): string {
    const token = this.next;
    if (token.kind !== "name") this.fail("a field or a function is missing");
    this.at++;
    if (this.next.text !== "(" || this.next.kind !== "operator") return token.text;
    if (token.text !== "lower" && token.text !== "any") this.fail("function is not known", token);
    functions[token.text] = true;
    if (++this.depth > maxDepth) this.fail("expression is nested too deep");
    this.expect("(");
    const field = this.left(functions);
    this.expect(")");
    this.depth--;
    return field;
  }

  private operator(): Operator {
    const { kind, text } = this.next;
    if (kind === "operator" && symbols.has(text)) {
      this.at++;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the set holds operators only
      return text as Operator;
    }
    if (this.accept("contains")) return "contains";
    if (this.accept("in")) return "in";
    if (this.accept("not")) {
      this.expect("in");
      return "not in";
    }
    return this.fail("an operator is missing");
  }

  private literal(): Literal {
    const token = this.next;
    const { kind, text } = token;
    this.at++;
    if (kind === "string") return { type: "String", text };
    if (kind === "address") return { type: text.includes("/") ? "IpCidr" : "IpAddr", text };
    if (kind !== "number") return this.fail("a literal is missing", token);
    const digits = text.replace("-", "");
    if (/^0[0-9]*[89]/.test(digits)) this.fail("octal number has other digits", token);
    const radix = digits.startsWith("0x") ? 16 : digits.length > 1 && digits.startsWith("0") ? 8 : 10;
    const value = Number.parseInt(radix === 16 ? digits.slice(2) : digits, radix);
    return { type: "Int", number: text.startsWith("-") ? -value : value };
  }
}

/** @throws ExpressionError with the place in question. */
export const parseExpression = (source: string): Expression => new Parser(source).parse();

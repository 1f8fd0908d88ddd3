import { Regex } from "../../http/regex.ts";
import { type AddressBytes, contains, parseAddress, parseNetwork } from "../../http/address.ts";
import type { Facts } from "../facts.ts";
import { type Field, fieldOf } from "./fields.ts";
import { type Comparison, type Expression, ExpressionError, type Operator } from "./syntax.ts";

/** What an expression found while it was evaluated. */
export interface Findings {
  /** The part of the path that a prefix or a regular expression matched, as text. */
  matchedPath: string | undefined;
  /** Groups of regular expressions, by number; later ones take the place of earlier ones. */
  readonly unnamed: (string | undefined)[];
  readonly named: Record<string, string>;
}

/** @param findings Filled in when given; costs more. */
export type Evaluate = (facts: Facts, findings?: Findings) => boolean;

/** One test for all those given, undefined without any. */
export function allOf(tests: readonly (Evaluate | undefined)[]): Evaluate | undefined {
  const [first, second, ...others] = tests.filter((test) => test !== undefined);
  if (!first || !second) return first;
  if (others.length === 0) return (facts, findings) => first(facts, findings) && second(facts, findings);
  const given = [first, second, ...others];
  return (facts, findings) => given.every((test) => test(facts, findings));
}

type TextTest = (text: string, findings: Findings | undefined) => boolean;

const pathField = "http.path";

const textOperators: ReadonlySet<Operator> = new Set(["==", "!=", "~", "^=", "=^", "contains"]);
const intOperators: ReadonlySet<Operator> = new Set(["==", "!=", ">", ">=", "<", "<="]);

class Compiler {
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  private fail(reason: string, position: number): never {
    throw new ExpressionError(reason, this.source, position);
  }

  compile(expression: Expression): Evaluate {
    if (expression.type === "compare") return this.compare(expression);
    if (expression.type === "not") {
      const operand = this.compile(expression.operand);
      return (facts, findings) => !operand(facts, findings);
    }
    const operands = expression.operands.map((operand) => this.compile(operand));
    return expression.type === "and"
      ? (facts, findings) => operands.every((operand) => operand(facts, findings))
      : (facts, findings) => operands.some((operand) => operand(facts, findings));
  }

  private compare(comparison: Comparison): Evaluate {
    const { field: name, position, lower, literal, literalPosition } = comparison;
    const field = fieldOf(name);
    if (!field) this.fail(`field "${name}" is not known`, position);
    if (lower && field.type !== "String") this.fail("lower() needs a text", position);
    const wanted = field.type === "IpAddr" && comparison.operator.endsWith("in") ? "IpCidr" : field.type;
    if (literal.type !== wanted)
      this.fail(`"${name}" is compared with ${wanted}, not with ${literal.type}`, literalPosition);
    if (field.type === "String") return this.text(field, comparison);
    return field.type === "Int" ? this.int(field, comparison) : this.address(field, comparison);
  }

  private refuse({ operator, field, position }: Comparison): never {
    return this.fail(`operator "${operator}" does not fit "${field}"`, position);
  }

  private text(field: Field & { type: "String" }, comparison: Comparison): Evaluate {
    if (!textOperators.has(comparison.operator)) this.refuse(comparison);
    const { lower, any } = comparison;
    const test = this.textTest(comparison);
    return (facts, findings) => {
      const texts = field.texts(facts);
      for (const text of texts) if (test(lower ? text.toLowerCase() : text, findings) === any) return any;
      return !any && texts.length > 0;
    };
  }

  private textTest({ operator, literal, field, literalPosition }: Comparison): TextTest {
    const text = literal.type === "String" ? literal.text : "";
    switch (operator) {
      case "==":
        return (value) => value === text;
      case "!=":
        return (value) => value !== text;
      case "=^":
        return (value) => value.endsWith(text);
      case "contains":
        return (value) => value.includes(text);
      case "^=":
        return (value, findings) => {
          if (!value.startsWith(text)) return false;
          if (findings && field === pathField) findings.matchedPath = text;
          return true;
        };
      default:
        return this.regexTest(text, field, literalPosition);
    }
  }

  private regexTest(pattern: string, field: string, position: number): TextTest {
    let regex: Regex;
    try {
      regex = new Regex(pattern);
    } catch (error) {
      return this.fail(error instanceof Error ? error.message : String(error), position);
    }
    return (value, findings) => {
      if (!findings) return regex.test(value);
      const found = regex.exec(value);
      if (!found) return false;
      if (field === pathField) findings.matchedPath = found.groups[0];
      found.groups.forEach((group, index) => {
        if (group === undefined || index === 0) return;
        findings.unnamed[index - 1] = group;
        const name = regex.groupNames[index];
        if (name !== undefined) findings.named[name] = group;
      });
      return true;
    };
  }

  private int(field: Field & { type: "Int" }, comparison: Comparison): Evaluate {
    const { operator, literal } = comparison;
    if (!intOperators.has(operator)) this.refuse(comparison);
    const wanted = literal.type === "Int" ? literal.number : 0;
    return (facts) => {
      const value = field.number(facts);
      if (value === undefined) return false;
      if (operator === "==") return value === wanted;
      if (operator === "!=") return value !== wanted;
      if (operator === ">") return value > wanted;
      if (operator === ">=") return value >= wanted;
      return operator === "<" ? value < wanted : value <= wanted;
    };
  }

  private address(field: Field & { type: "IpAddr" }, comparison: Comparison): Evaluate {
    const { operator, literal, literalPosition } = comparison;
    const isNegative = operator === "not in" || operator === "!=";
    if (!isNegative && operator !== "in" && operator !== "==") this.refuse(comparison);
    const network =
      literal.type === "IpAddr" || literal.type === "IpCidr" ? parseNetwork(literal.text) : undefined;
    if (!network) return this.fail("address is not valid", literalPosition);
    let last = "";
    let bytes: AddressBytes | undefined;
    return (facts) => {
      const text = field.address(facts);
      if (text !== last) {
        last = text;
        bytes = parseAddress(text);
      }
      return bytes !== undefined && contains(network, bytes) !== isNegative;
    };
  }
}

/** @throws ExpressionError for unknown fields, operators that don't fit them, and patterns that the dialect refuses. */
export const compileExpression = (source: string, expression: Expression): Evaluate =>
  new Compiler(source).compile(expression);

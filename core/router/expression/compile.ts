import { Regex } from "../../http/regex.ts";
import { parseNetwork } from "../../http/address.ts";
import {
  AddressComparison,
  IntComparison,
  PatternComparison,
  TextComparison,
  intTestOf,
  textTestOf,
} from "./comparison.ts";
import { type Field, fieldOf } from "./fields.ts";
import { Kept } from "./kept.ts";
import { AnyOf, Not, type Predicate, allOf } from "./predicate.ts";
import { type Comparison, type Expression, ExpressionError } from "./syntax.ts";

const comparisons = new Kept<Predicate>();
const fields = new Kept<Field | undefined>();
const regexes = new Kept<Regex>();

/** @throws RegexSyntaxError for a pattern that the dialect refuses. */
export const regexOf = (pattern: string): Regex => regexes.get(pattern, () => new Regex(pattern));

/** @throws ExpressionError for unknown fields, operators that don't fit them, and patterns that the dialect refuses. */
export function compileExpression(source: string, expression: Expression): Predicate {
  if (expression.type === "compare") {
    const { lower, any, field, operator, literal } = expression;
    const text = literal.type === "Int" ? literal.number : literal.text;
    const key = `${lower} ${any} ${field} ${operator} ${literal.type} ${text}`;
    return comparisons.get(key, () => compare(source, expression));
  }
  if (expression.type === "not") return new Not(compileExpression(source, expression.operand));
  const operands = expression.operands.map((operand) => compileExpression(source, operand));
  return expression.type === "and" ? allOf(operands)! : new AnyOf(operands);
}

function fail(reason: string, source: string, position: number): never {
  throw new ExpressionError(reason, source, position);
}

function compare(source: string, comparison: Comparison): Predicate {
  const { field: name, position, lower, operator, literal, literalPosition } = comparison;
  const field = fields.get(name, () => fieldOf(name));
  if (!field) return fail(`field "${name}" is not known`, source, position);
  if (lower && field.type !== "String") fail("lower() needs a text", source, position);
  const wanted = field.type === "IpAddr" && operator.endsWith("in") ? "IpCidr" : field.type;
  if (literal.type !== wanted)
    fail(`"${name}" is compared with ${wanted}, not with ${literal.type}`, source, literalPosition);
  return (
    predicateFor(source, field, comparison) ??
    fail(`operator "${operator}" does not fit "${name}"`, source, position)
  );
}

/** @returns Undefined when the operator does not fit. */
function predicateFor(source: string, field: Field, comparison: Comparison): Predicate | undefined {
  const { operator, literal } = comparison;
  if (field.type === "Int") {
    const test = intTestOf(operator);
    return test && new IntComparison(field, test, literal.type === "Int" ? literal.number : 0);
  }
  const text = literal.type === "Int" ? "" : literal.text;
  if (field.type === "IpAddr") {
    const isNegative = operator === "not in" || operator === "!=";
    if (!isNegative && operator !== "in" && operator !== "==") return undefined;
    const network = parseNetwork(text) ?? fail("address is not valid", source, comparison.literalPosition);
    return new AddressComparison(field, network, isNegative);
  }
  if (operator === "~")
    return new PatternComparison(field, patternOf(text, source, comparison.literalPosition), comparison);
  const test = textTestOf(operator);
  return test && new TextComparison(field, test, text, comparison);
}

function patternOf(pattern: string, source: string, position: number): Regex {
  try {
    return regexOf(pattern);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error), source, position);
  }
}

import { toByteString } from "../../http/utf8.ts";
import { Regex } from "../../http/regex.ts";
import type { HeaderRule } from "../matcher.ts";
import { type NamePattern, isKeyable } from "../name.ts";
import { headerOf } from "./fields.ts";
import type { Comparison, Expression } from "./syntax.ts";

/** Conditions without which an expression can't hold: what the index looks routes up by. */
export interface Hints {
  hosts?: NamePattern[];
  methods?: string[];
  /** Byte strings. */
  prefixes?: string[];
  headers?: HeaderRule[];
}

/** Comparisons of which at least one must hold, all of one field. */
function alternatives(expression: Expression): Comparison[] | undefined {
  if (expression.type === "compare") return [expression];
  if (expression.type !== "or") return undefined;
  const all: Comparison[] = [];
  for (const operand of expression.operands) {
    const found = alternatives(operand);
    if (!found) return undefined;
    all.push(...found);
  }
  return all.every(({ field }) => field === all[0]!.field) ? all : undefined;
}

const textOf = ({ literal }: Comparison): string => (literal.type === "String" ? literal.text : "");

/** Every alternative converted, undefined when one can't be. */
function all<T>(
  comparisons: readonly Comparison[],
  convert: (comparison: Comparison) => T | undefined,
): T[] | undefined {
  const found: T[] = [];
  for (const comparison of comparisons) {
    const hint = comparison.lower ? undefined : convert(comparison);
    if (hint === undefined) return undefined;
    found.push(hint);
  }
  return found;
}

function hostHint(comparison: Comparison): NamePattern | undefined {
  const kinds = { "==": "exact", "=^": "suffix", "^=": "prefix" } as const;
  const { operator } = comparison;
  if (operator !== "==" && operator !== "=^" && operator !== "^=") return undefined;
  const pattern = { kind: kinds[operator], text: toByteString(textOf(comparison)), port: undefined };
  return isKeyable(pattern) ? pattern : undefined;
}

function pathHint(comparison: Comparison): string | undefined {
  const { operator } = comparison;
  if (operator === "==" || operator === "^=") return toByteString(textOf(comparison));
  return operator === "~" ? toByteString(new Regex(textOf(comparison)).prefix) : undefined;
}

const equalHint = (comparison: Comparison): string | undefined =>
  comparison.operator === "==" ? textOf(comparison) : undefined;

/** What must hold for a compiled expression to hold. */
export function hintsOf(expression: Expression): Hints {
  const hints: Hints = {};
  const conditions = expression.type === "and" ? expression.operands : [expression];
  for (const condition of conditions) {
    const comparisons = alternatives(condition);
    const field = comparisons?.[0]?.field;
    if (!comparisons || field === undefined) continue;
    const header = headerOf(field);
    if (field === "http.host") hints.hosts ??= all(comparisons, hostHint) ?? [];
    else if (field === "http.method") hints.methods ??= all(comparisons, equalHint) ?? [];
    else if (field === "http.path") hints.prefixes ??= all(comparisons, pathHint) ?? [];
    else if (header !== undefined) {
      const values = all(comparisons, equalHint)?.map((value) => value.toLowerCase());
      if (values) (hints.headers ??= []).push({ key: header, values, patterns: [] });
    }
  }
  return hints;
}

/** Fields with exactly one value: asked for two different ones, an expression can't hold. */
const singleValued = new Set([
  "net.protocol",
  "tls.sni",
  "http.method",
  "http.host",
  "http.path",
  "net.dst.port",
]);

/** Why no request can satisfy an expression, undefined when some may: finds the plain cases only. */
export function contradictionOf(expression: Expression): string | undefined {
  if (expression.type !== "and") return undefined;
  const wanted = new Map<string, string | number>();
  for (const condition of expression.operands) {
    if (condition.type !== "compare" || condition.operator !== "==" || condition.lower) continue;
    const { field, literal } = condition;
    if (!singleValued.has(field)) continue;
    const value = literal.type === "Int" ? literal.number : literal.text;
    const other = wanted.get(field);
    if (other !== undefined && other !== value) return `${field} can't be "${other}" and "${value}" at once`;
    wanted.set(field, value);
  }
  return undefined;
}

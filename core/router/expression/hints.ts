import { isAscii, toByteString } from "../../http/utf8.ts";
import type { HeaderRule } from "../matcher.ts";
import { type NamePattern, isKeyable } from "../name.ts";
import { regexOf } from "./compile.ts";
import { headerOf } from "./fields.ts";
import { Kept } from "./kept.ts";
import type { Comparison, Expression } from "./syntax.ts";

/** What the index looks an expression up by. */
export interface Hints {
  readonly hosts: readonly NamePattern[] | undefined;
  readonly methods: readonly string[] | undefined;
  /** Byte strings. */
  readonly prefixes: readonly string[] | undefined;
  readonly headers: readonly HeaderRule[] | undefined;
  /** Conditions that these say wholly: who found the route by them need not ask again. */
  readonly shown: ReadonlySet<Expression>;
  /** Evaluating the other conditions tells what they took from the path; else the prefix is all there is to tell. */
  readonly finds: boolean;
}

/** Conditions that must hold, all of them. */
export const conditionsOf = (expression: Expression): readonly Expression[] =>
  expression.type === "and" ? expression.operands.flatMap(conditionsOf) : [expression];

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
  if (comparisons.some(({ lower }) => lower)) return undefined;
  const found = comparisons.map(convert);
  return found.every((hint) => hint !== undefined) ? found : undefined;
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
  return operator === "~" ? toByteString(regexOf(textOf(comparison)).prefix) : undefined;
}

const equalHint = (comparison: Comparison): string | undefined =>
  comparison.operator === "==" ? textOf(comparison) : undefined;

const methodLists = new Kept<readonly string[]>();
const noPatterns: HeaderRule["patterns"] = [];

/** Whether it fills in {@link Findings} that a prefix among hints would not. */
const finds = (expression: Expression): boolean => {
  if (expression.type === "not") return finds(expression.operand);
  if (expression.type !== "compare") return expression.operands.some(finds);
  return expression.operator === "~" || expression.field === "http.path";
};

/** Whether comparing the bytes is comparing the text. An absent host is no empty one, but looks like it. */
const isPlain = ({ literal }: Comparison): boolean =>
  literal.type === "String" && literal.text !== "" && isAscii(literal.text);

/** Whether the index compares it wholly: a path begins with a slash. */
const isPlainPrefix = (comparison: Comparison): boolean =>
  comparison.operator === "^=" && isPlain(comparison) && textOf(comparison).startsWith("/");

/** What must hold for a compiled expression to hold. @param conditions Of {@link conditionsOf}. */
export function hintsOf(conditions: readonly Expression[]): Hints {
  const shown = new Set<Expression>();
  const headers: HeaderRule[] = [];
  let hosts: NamePattern[] | undefined;
  let methods: readonly string[] | undefined;
  let prefixes: string[] | undefined;
  let path: Expression | undefined;
  for (const condition of conditions) {
    const comparisons = alternatives(condition);
    const field = comparisons?.[0]?.field;
    if (!comparisons || field === undefined) continue;
    const header = headerOf(field);
    if (header !== undefined) {
      const values = all(comparisons, equalHint)?.map((value) => value.toLowerCase());
      if (values) headers.push({ key: header, values, patterns: noPatterns });
    } else if (field === "http.host" && !hosts) {
      hosts = all(comparisons, hostHint);
      if (hosts && comparisons.every(isPlain)) shown.add(condition);
    } else if (field === "http.method" && !methods) {
      const list = all(comparisons, equalHint);
      if (!list) continue;
      methods = methodLists.get(JSON.stringify(list), () => list);
      shown.add(condition);
    } else if (field === "http.path" && !prefixes) {
      prefixes = all(comparisons, pathHint);
      if (prefixes && comparisons.every(isPlainPrefix)) path = condition;
    }
  }
  // What is found in the path depends on the order of all that look at it.
  const others = conditions.some((condition) => condition !== path && finds(condition));
  if (path && !others) shown.add(path);
  return {
    hosts,
    methods,
    prefixes,
    headers: headers.length > 0 ? headers.slice() : undefined,
    shown,
    finds: others,
  };
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
export function contradictionOf(conditions: readonly Expression[]): string | undefined {
  const wanted = new Map<string, string | number>();
  for (const condition of conditions) {
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

import { luaPattern } from "./pattern.ts";
import { isReference } from "./reference.ts";
import type { FieldType, Rules } from "./field.ts";
import type { ErrorTree } from "./tree.ts";

/** Undefined when the value is fine, otherwise what is wrong. */
export type Verdict = (value: unknown) => ErrorTree | undefined;

const encoder = new TextEncoder();
const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for the 36 characters of a UUID of any version. */
export const isUuid = (value: unknown): value is string => typeof value === "string" && uuidShape.test(value);

const printed = (value: unknown): string =>
  value === null ? "null" : typeof value === "object" ? JSON.stringify(value) : `${value as string | number}`;

function lengthOf(value: unknown): number {
  if (typeof value === "string") return encoder.encode(value).length;
  if (Array.isArray(value)) return value.length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}

/** True when the length is at least `least`. A text has no fewer bytes than characters: most need no encoding. */
const isLong = (value: unknown, least: number): boolean =>
  (typeof value === "string" && value.length >= least) || lengthOf(value) >= least;

const unless = (fine: boolean, message: string): string | undefined => (fine ? undefined : message);

/** Tells a regular expression that can't be compiled. */
function regexProblem(value: unknown): string | undefined {
  try {
    void new RegExp(String(value));
    return undefined;
  } catch (error) {
    return `not a valid regex: ${String(value)} (${(error as Error).message})`;
  }
}

function exclusive(subsets: readonly (readonly string[])[]): Verdict {
  return (value) => {
    const hit = subsets.filter((subset) => (value as unknown[]).some((v) => subset.includes(v as string)));
    const told = hit.map((subset) => `('${subset.join("', '")}')`).join(", ");
    return unless(hit.length < 2, `these sets are mutually exclusive: ${told}`);
  };
}

const makers: Partial<Record<keyof Rules, (rule: never, rules: Rules) => Verdict | undefined>> = {
  eq: (rule: unknown) => (value) => unless(value === rule, `value must be ${printed(rule)}`),
  ne: (rule: unknown) => (value) => unless(value !== rule, `value must not be ${printed(rule)}`),
  not_one_of: (rule: readonly unknown[]) => (value) =>
    unless(!rule.includes(value), `must not be one of: ${rule.join(", ")}`),
  one_of: (rule: readonly unknown[]) => {
    const allowed = new Set(rule);
    const message = `expected one of: ${rule.join(", ")}`;
    return (value) => unless(allowed.has(value), message);
  },
  gt: (rule: number) => (value) => unless((value as number) > rule, `value must be greater than ${rule}`),
  timestamp: (rule: boolean) =>
    rule
      ? (value) => unless(typeof value === "number" && value > 0, "expected a valid timestamp")
      : undefined,
  uuid: (rule: boolean) => (rule ? (value) => unless(isUuid(value), "expected a valid UUID") : undefined),
  is_regex: (rule: boolean) => (rule ? regexProblem : undefined),
  between: ([low, high]: readonly [number, number]) => {
    const message = `value should be between ${low} and ${high}`;
    return (value) => unless((value as number) >= low && (value as number) <= high, message);
  },
  len_eq: (rule: number) => (value) => unless(lengthOf(value) === rule, `length must be ${rule}`),
  len_min: (rule: number) => (value) => unless(isLong(value, rule), `length must be at least ${rule}`),
  len_max: (rule: number) => (value) => unless(lengthOf(value) <= rule, `length must be at most ${rule}`),
  starts_with: (rule: string) => (value) =>
    unless((value as string).startsWith(rule), `should start with: ${rule}`),
  not_match: (rule: string) => {
    const pattern = luaPattern(rule);
    return (value) => unless(!pattern.test(value as string), `invalid value: ${value as string}`);
  },
  match_none: (rule: NonNullable<Rules["match_none"]>) => {
    const compiled = rule.map(({ pattern, err }) => ({ pattern: luaPattern(pattern), err }));
    return (value) => {
      const hit = compiled.find(({ pattern }) => pattern.test(value as string));
      return hit && (hit.err ?? `invalid value: ${value as string}`);
    };
  },
  match: (rule: string) => {
    const pattern = luaPattern(rule);
    return (value) => unless(pattern.test(value as string), `invalid value: ${value as string}`);
  },
  match_all: (rule: NonNullable<Rules["match_all"]>) => {
    const compiled = rule.map(({ pattern, err }) => ({ pattern: luaPattern(pattern), err }));
    return (value) => {
      const miss = compiled.find(({ pattern }) => !pattern.test(value as string));
      return miss && (miss.err ?? `invalid value: ${value as string}`);
    };
  },
  match_any: ({ patterns, err }: NonNullable<Rules["match_any"]>) => {
    const compiled = patterns.map(luaPattern);
    return (value) =>
      unless(
        compiled.some((pattern) => pattern.test(value as string)),
        err ?? `invalid value: ${value as string}`,
      );
  },
  contains: (rule: unknown) => (value) =>
    unless((value as unknown[]).includes(rule), `expected to contain: ${printed(rule)}`),
  mutually_exclusive_subsets: exclusive,
};

/** The order in which Kong asks: the first rule that fails is the one that is told. */
const order = Object.keys(makers) as (keyof Rules)[];

/** Compiles the rules of a field of type `type`, a `custom` check last. */
export function compileRules(type: FieldType, rules: Rules, custom: Verdict | undefined): Verdict[] {
  const effective: Rules =
    type === "string" && rules.len_min === undefined ? { ...rules, len_min: 1 } : rules;
  const verdicts: Verdict[] = [];
  for (const name of order) {
    const rule = effective[name];
    if (rule === undefined) continue;
    // A check in code knows the dialect of its regular expressions.
    if (name === "is_regex" && custom) continue;
    const verdict = makers[name]!(rule as never, effective);
    if (verdict === undefined) continue;
    const { err } = rules;
    verdicts.push(err === undefined ? verdict : (value) => (verdict(value) === undefined ? undefined : err));
  }
  if (custom) verdicts.push(custom);
  if (!rules.referenceable) return verdicts;
  return verdicts.map((verdict) => (value) => (isReference(value) ? undefined : verdict(value)));
}

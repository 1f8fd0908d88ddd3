import type { Check } from "./check.ts";
import type { Custom, DeleteRule, Field, Fields, Infer, RecordField, Rules, Shorthand } from "./field.ts";
import { compileRules } from "./rule.ts";
import type { Verdict } from "./rule.ts";

interface Base extends Rules {
  /** What the field means, for the reference pages and the published schema. */
  readonly doc?: string;
}

/** What the compiler reads when no options are given. */
export interface None {
  readonly doc?: never;
}

interface Checked<T> extends Base {
  readonly check?: Custom<T>;
}

type Doc<O> = O extends { readonly doc: infer D extends string } ? D & string : undefined;
export type DocOf<O> = Doc<O> extends string ? string : undefined;
export type Nullable<T, O> = O extends { readonly required: true } | { readonly auto: true } ? T : T | null;
export type Literals<O, T> = O extends { readonly one_of: readonly (infer L)[] } ? L & T : T;

/** Makes a field: `doc` and `check` aside, the options are its rules. The builders' signatures say its value's type. */
function make(
  type: Field["type"],
  options: Checked<never> | undefined,
  parts: Partial<Pick<Field, "elements" | "keys" | "values" | "record" | "reference" | "onDelete">> = {},
): never {
  const { doc, check, ...rules } = options ?? {};
  return {
    type,
    doc,
    rules,
    verdicts: compileRules(type, rules, check as Verdict | undefined),
    ...parts,
  } as never;
}

export interface StringOptions extends Checked<string> {
  readonly default?: string | null;
  readonly one_of?: readonly string[];
}

/** A text. It has at least one byte unless `len_min` is 0. */
export const string = <const O extends StringOptions = None>(
  options?: O & StringOptions,
): Field<Nullable<Literals<O, string>, O>, DocOf<O>> => make("string", options);

export interface NumberOptions extends Checked<number> {
  readonly default?: number | null;
  readonly one_of?: readonly number[];
}

/** A finite number. */
export const number = <const O extends NumberOptions = None>(
  options?: O & NumberOptions,
): Field<Nullable<Literals<O, number>, O>, DocOf<O>> => make("number", options);

/** A whole number. */
export const integer = <const O extends NumberOptions = None>(
  options?: O & NumberOptions,
): Field<Nullable<Literals<O, number>, O>, DocOf<O>> => make("integer", options);

export interface BooleanOptions extends Checked<boolean> {
  readonly default?: boolean | null;
}

export const boolean = <const O extends BooleanOptions = None>(
  options?: O & BooleanOptions,
): Field<Nullable<boolean, O>, DocOf<O>> => make("boolean", options);

export interface ListOptions<E> extends Checked<readonly E[]> {
  readonly default?: readonly E[] | null;
}

type Item<E> = Exclude<Infer<E>, null>;

/** A list. Elements are never null. */
export const array = <E extends Field, const O extends ListOptions<Item<E>> = None>(
  elements: E,
  options?: O & ListOptions<Item<E>>,
): Field<Nullable<Item<E>[], O>, DocOf<O>> => make("array", options, { elements });

/** A list without order; repeated elements are dropped silently. */
export const set = <E extends Field, const O extends ListOptions<Item<E>> = None>(
  elements: E,
  options?: O & ListOptions<Item<E>>,
): Field<Nullable<Item<E>[], O>, DocOf<O>> => make("set", options, { elements });

export interface MapOptions<V> extends Checked<Readonly<Record<string, V>>> {
  readonly default?: Readonly<Record<string, V>> | null;
}

/** Values under names that the user chooses. The result has no prototype: any name is safe. */
export const map = <V extends Field, const O extends MapOptions<Item<V>> = None>(
  keys: Field,
  values: V,
  options?: O & MapOptions<Item<V>>,
): Field<Nullable<Record<string, Item<V>>, O>, DocOf<O>> => make("map", options, { keys, values });

export interface JsonOptions extends Checked<unknown> {
  readonly default?: unknown;
}

/** Anything that JSON can say, kept as it is. */
export const json = <const O extends JsonOptions = None>(
  options?: O & JsonOptions,
): Field<unknown, DocOf<O>> => make("json", options);

/** A value of a record, as its fields make it. */
export type RecordOf<F extends Fields> = { -readonly [K in keyof F]: Infer<F[K]> };

export interface RecordOptions<T> extends Base {
  readonly default?: Readonly<Record<string, unknown>> | null;
  /** Checks across fields; their messages stand under `@entity`. */
  readonly checks?: readonly Check[];
  /** A check in code; a text replaces the whole record's errors. Runs when the fields are fine. */
  readonly check?: Custom<T>;
  readonly shorthands?: Readonly<Record<string, Shorthand>>;
}

/**
 * Named fields. Unknown names are errors. An absent record that is `required` is filled with its fields' defaults.
 *
 * A plugin's configuration is a record without options or with checks; inside another record it needs a `doc` as any
 * field does.
 */
export function record<F extends Fields, const O extends RecordOptions<RecordOf<F>> = None>(
  fields: F,
  options?: O & RecordOptions<RecordOf<F>>,
): RecordField<Nullable<RecordOf<F>, O>, DocOf<O>> {
  const { checks = [], shorthands = {}, ...rest } = options ?? ({} as RecordOptions<RecordOf<F>>);
  const spec = {
    fields: new Map(Object.entries(fields)),
    shorthands: new Map(Object.entries(shorthands)),
    checks,
  };
  for (const check of checks) check.prepare(spec);
  return make("record", rest, { record: spec });
}

export interface ForeignOptions extends Base {
  readonly default?: null;
  /** @see DeleteRule */
  readonly on_delete?: DeleteRule;
}

/** A reference to a row of another entity by its id. */
export function foreign<const O extends ForeignOptions = None>(
  reference: string,
  options?: O,
): Field<Nullable<{ id: string }, O>, DocOf<O>> {
  const { on_delete, ...rest } = (options ?? {}) as ForeignOptions;
  return make("foreign", rest, { reference, ...(on_delete && { onDelete: on_delete }) });
}

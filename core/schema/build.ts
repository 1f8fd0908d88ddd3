import type { Check } from "./check.ts";
import type { Custom, DeleteRule, Field, Fields, Infer, RecordField, Rules, Shorthand } from "./field.ts";
import { compileRules } from "./rule.ts";
import type { Verdict } from "./rule.ts";

/**
 * Options that every builder takes: the rules of the field, and
 *
 * @typeParam R True when the field is required. @typeParam A True when it is filled in. Then it is never null.
 * @typeParam D The type of the doc text, undefined without one.
 */
export interface CommonOptions<
  T,
  R extends boolean,
  A extends boolean,
  D extends string | undefined,
> extends Rules {
  readonly required?: R;
  readonly auto?: A;
  /** What the field means, for the reference pages and the published schema. */
  readonly doc?: D;
  /** A check in code, after all rules. Undefined means fine. */
  readonly check?: Custom<T>;
}

/** The field that a builder makes. */
export type Made<T, R, A, D> = Field<
  R extends true ? T : A extends true ? T : T | null,
  D extends string ? string : undefined
>;

type Doc = string | undefined;

/** Makes a field: `doc` and `check` aside, the options are its rules. The builders' signatures say its value's type. */
function make(
  type: Field["type"],
  options: CommonOptions<never, boolean, boolean, string | undefined> | undefined,
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

export interface StringOptions<
  L extends string = string,
  R extends boolean = boolean,
  A extends boolean = boolean,
  D extends Doc = Doc,
> extends CommonOptions<NoInfer<L>, R, A, D> {
  readonly default?: NoInfer<L> | null;
  readonly one_of?: readonly L[];
}

/** A text. It has at least one byte unless `len_min` is 0. */
export const string = <
  const L extends string = string,
  const R extends boolean = false,
  const A extends boolean = false,
  D extends Doc = undefined,
>(
  options?: StringOptions<L, R, A, D>,
): Made<L, R, A, D> => make("string", options);

export interface NumberOptions<
  L extends number = number,
  R extends boolean = boolean,
  A extends boolean = boolean,
  D extends Doc = Doc,
> extends CommonOptions<NoInfer<L>, R, A, D> {
  readonly default?: NoInfer<L> | null;
  readonly one_of?: readonly L[];
}

/** A finite number. */
export const number = <
  const L extends number = number,
  const R extends boolean = false,
  const A extends boolean = false,
  D extends Doc = undefined,
>(
  options?: NumberOptions<L, R, A, D>,
): Made<L, R, A, D> => make("number", options);

/** A whole number. */
export const integer = <
  const L extends number = number,
  const R extends boolean = false,
  const A extends boolean = false,
  D extends Doc = undefined,
>(
  options?: NumberOptions<L, R, A, D>,
): Made<L, R, A, D> => make("integer", options);

export interface BooleanOptions<R extends boolean = boolean, D extends Doc = Doc> extends CommonOptions<
  boolean,
  R,
  false,
  D
> {
  readonly default?: boolean | null;
}

export const boolean = <const R extends boolean = false, D extends Doc = undefined>(
  options?: BooleanOptions<R, D>,
): Made<boolean, R, false, D> => make("boolean", options);

export interface ListOptions<E, R extends boolean = boolean, D extends Doc = Doc> extends CommonOptions<
  readonly E[],
  R,
  false,
  D
> {
  readonly default?: readonly NoInfer<E>[] | null;
}

type Item<E> = Exclude<Infer<E>, null>;

/** A list. Elements are never null. */
export const array = <E extends Field, const R extends boolean = false, D extends Doc = undefined>(
  elements: E,
  options?: ListOptions<Item<E>, R, D>,
): Made<Item<E>[], R, false, D> => make("array", options, { elements });

/** A list without order; repeated elements are dropped silently. */
export const set = <E extends Field, const R extends boolean = false, D extends Doc = undefined>(
  elements: E,
  options?: ListOptions<Item<E>, R, D>,
): Made<Item<E>[], R, false, D> => make("set", options, { elements });

export interface MapOptions<V, R extends boolean = boolean, D extends Doc = Doc> extends CommonOptions<
  Readonly<Record<string, V>>,
  R,
  false,
  D
> {
  readonly default?: Readonly<Record<string, V>> | null;
}

/** Values under names that the user chooses. The result has no prototype: any name is safe. */
export const map = <V extends Field, const R extends boolean = false, D extends Doc = undefined>(
  keys: Field,
  values: V,
  options?: MapOptions<Item<V>, R, D>,
): Made<Record<string, Item<V>>, R, false, D> => make("map", options, { keys, values });

/** Anything that JSON can say, kept as it is. */
export const json = <D extends Doc = undefined>(
  options?: CommonOptions<unknown, boolean, false, D>,
): Field<unknown, D extends string ? string : undefined> => make("json", options);

/** A value of a record, as its fields make it. */
export type RecordOf<F extends Fields> = { -readonly [K in keyof F]: Infer<F[K]> };

export interface RecordOptions<T, R extends boolean = boolean, D extends Doc = Doc> extends CommonOptions<
  T,
  R,
  false,
  D
> {
  readonly default?: Readonly<Record<string, unknown>> | null;
  /** Checks across fields; their messages stand under `@entity`. */
  readonly checks?: readonly Check[];
  readonly shorthands?: Readonly<Record<string, Shorthand>>;
}

/**
 * Named fields. Unknown names are errors. An absent record that is `required` is filled with its fields' defaults.
 *
 * A plugin's configuration is a record without `doc`; inside another record it needs one as any field does.
 */
export function record<F extends Fields, const R extends boolean = false, D extends Doc = undefined>(
  fields: F,
  options?: RecordOptions<RecordOf<F>, R, D>,
): RecordField<R extends true ? RecordOf<F> : RecordOf<F> | null, D extends string ? string : undefined> {
  const { checks = [], shorthands = {}, ...rest } = options ?? {};
  const spec = {
    fields: new Map(Object.entries(fields)),
    shorthands: new Map(Object.entries(shorthands)),
    checks,
  };
  for (const check of checks) check.prepare(spec);
  return make("record", rest, { record: spec });
}

export interface ForeignOptions<R extends boolean = boolean, D extends Doc = Doc> extends CommonOptions<
  { id: string },
  R,
  false,
  D
> {
  readonly default?: null;
  /** @see DeleteRule */
  readonly on_delete?: DeleteRule;
}

/** A reference to a row of another entity by its id. */
export function foreign<const R extends boolean = false, D extends Doc = undefined>(
  reference: string,
  options?: ForeignOptions<R, D>,
): Made<{ id: string }, R, false, D> {
  const { on_delete, ...rest } = options ?? {};
  return make("foreign", rest, { reference, ...(on_delete && { onDelete: on_delete }) });
}

import type { ErrorTree, Values } from "./tree.ts";
import type { Check } from "./check.ts";
import type { Verdict } from "./rule.ts";

export type FieldType =
  | "string"
  | "integer"
  | "number"
  | "boolean"
  | "array"
  | "set"
  | "map"
  | "record"
  | "foreign"
  | "json";

/** What happens to a row when the one it refers to is deleted; without it the deletion is refused. */
export type DeleteRule = "cascade" | "null" | "restrict";

/** A Lua pattern and what to say when it is not met. */
export interface PatternRule {
  readonly pattern: string;
  readonly err?: string;
}

/** What a value must be. Names and meaning are Kong's, so that a schema prints as Kong's does. */
export interface Rules {
  /** Null and absence are refused. Otherwise an absent field reads null. */
  readonly required?: boolean;
  /** The value of an absent field. A function makes none of the printed schema. */
  readonly default?: unknown;
  readonly unique?: boolean;
  /** Filled in when absent: a uuid, a time stamp, or 32 random characters. */
  readonly auto?: boolean;
  readonly immutable?: boolean;
  readonly encrypted?: boolean;
  /** A `{vault://…}` reference may stand for the value; what it refers to is not checked. */
  readonly referenceable?: boolean;
  readonly indexed?: boolean;
  /** Only a plugin or vault says what the field holds. */
  readonly abstract?: boolean;
  /** Printed only: how a `json` value is described. */
  readonly json_schema?: unknown;
  /** Kept in answers, but never stored. */
  readonly transient?: boolean;
  /** `null`: the field can't be set. */
  readonly eq?: unknown;
  readonly ne?: unknown;
  readonly one_of?: readonly (string | number | boolean)[];
  readonly not_one_of?: readonly (string | number)[];
  readonly gt?: number;
  readonly between?: readonly [number, number];
  readonly timestamp?: boolean;
  readonly uuid?: boolean;
  readonly is_regex?: boolean;
  /** Lengths count bytes of a string (at least 1 unless told), elements of a list. */
  readonly len_eq?: number;
  readonly len_min?: number;
  readonly len_max?: number;
  readonly starts_with?: string;
  /** Patterns are Lua patterns. */
  readonly match?: string;
  readonly not_match?: string;
  readonly match_all?: readonly PatternRule[];
  readonly match_none?: readonly PatternRule[];
  readonly match_any?: { readonly patterns: readonly string[]; readonly err?: string };
  readonly contains?: string | number;
  readonly mutually_exclusive_subsets?: readonly (readonly string[])[];
  /** Said instead of the rule's own message. */
  readonly err?: string;
  readonly deprecation?: Deprecation;
}

export interface Deprecation {
  readonly message: string;
  readonly removal_in_version: string;
  readonly old_default?: unknown;
  readonly replaced_with?: readonly { readonly path: readonly string[] }[];
}

/** Another spelling of one or more fields, accepted as input and turned into them. */
export interface Shorthand {
  readonly field: Field;
  /** The fields that the value stands for. They win over fields given beside it. */
  readonly expand: (value: unknown, row: Values) => Values;
  /** What is wrong with the value beside the others of the row. */
  readonly conflict?: (value: unknown, row: Values) => string | undefined;
  /** Required fields that need not be given beside it. */
  readonly covers?: readonly string[];
  /** The dotted path of the field that an old name stands for: answers show it under both names. */
  readonly echoes?: string | undefined;
}

export interface RecordSpec {
  readonly fields: ReadonlyMap<string, Field>;
  readonly checks: readonly Check[];
  readonly shorthands: ReadonlyMap<string, Shorthand>;
}

/**
 * One value of a configuration: its type, its rules, its default, its documentation.
 *
 * @typeParam V The value's TypeScript type, null included where null is allowed.
 * @typeParam D `string` when documented: a record takes no other field.
 */
export interface Field<out V = unknown, out D extends string | undefined = string | undefined> {
  readonly type: FieldType;
  readonly doc: D;
  readonly rules: Rules;
  /** The rules compiled, in the order in which they are asked; the first one that fails is told. */
  readonly verdicts: readonly Verdict[];
  readonly elements?: Field;
  readonly keys?: Field;
  readonly values?: Field;
  readonly record?: RecordSpec;
  readonly reference?: string;
  readonly onDelete?: DeleteRule;
  /** Only for the compiler: carries V. */
  readonly "~value"?: V;
}

/** A field that is known to be a record. */
export interface RecordField<
  out V = unknown,
  out D extends string | undefined = string | undefined,
> extends Field<V, D> {
  readonly record: RecordSpec;
}

/** A field with a doc text. */
export type Documented<V = unknown> = Field<V, string>;
export type Fields = Readonly<Record<string, Documented>>;

/** The type of the values that a field accepts and fills in. */
export type Infer<F> = F extends { readonly "~value"?: infer V } ? Exclude<V, undefined> : never;

/** A check in code, for what the rules can't say. Undefined means fine. */
export type Custom<T> = (value: T) => ErrorTree | undefined;

import type { Field, FieldType, RecordSpec, Rules } from "./field.ts";
import { compileRules, type Verdict } from "./rule.ts";
import { pretty } from "./message.ts";
import { addEntityError, at, errorAt, isObject, putErrorAt } from "./tree.ts";
import type { ErrorFields, ErrorTree, Values } from "./tree.ts";
import { valueProblem } from "./validate.ts";

/** A check across the fields of a record. It adds what it finds to the record's errors. */
export interface Check {
  /** As the published schema prints it; undefined for one that is the place's, not the schema's. */
  readonly print: Values | undefined;
  /** Fields, as dotted paths, that have to be told, be it as null, before the check can be made. */
  readonly sources?: readonly string[];
  /** Binds the check to its record. @throws TypeError when it names a field that the record does not have. */
  prepare(record: RecordSpec): void;
  run(values: Values, errors: ErrorFields, updating: boolean): void;
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  (Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0);

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(", ");

/** The field at a dotted path. */
export function fieldAt(record: RecordSpec, path: string): Field {
  let spec: RecordSpec | undefined = record;
  let field: Field | undefined;
  for (const name of path.split(".")) {
    field = spec?.fields.get(name);
    if (!field) throw new TypeError(`a check names the unknown field ${path}`);
    spec = field.record;
  }
  return field!;
}

const known = (record: RecordSpec, names: readonly string[]): void => {
  for (const name of names) if (!record.shorthands.has(name)) fieldAt(record, name);
};

interface Counting {
  readonly kind: string;
  readonly message: string;
  readonly fine: (set: number, of: number) => boolean;
  /** Judges fields that have errors of their own, too. */
  readonly withInvalid: boolean;
}

/** A check that counts which of `names` are set. */
const counting =
  ({ kind, message, fine, withInvalid }: Counting) =>
  (...names: string[]): Check => ({
    print: { [kind]: names },
    sources: names,
    prepare: (record) => known(record, names),
    run(values, errors, updating) {
      if (!withInvalid && names.some((name) => errorAt(errors, name) !== undefined)) return;
      const set = names.filter((name) => !isEmpty(at(values, name))).length;
      if (fine(set, names.length)) return;
      addEntityError(errors, `${updating ? "when updating, " : ""}${message}: ${quoted(names)}`);
    },
  });

export const atLeastOneOf = counting({
  kind: "at_least_one_of",
  message: "at least one of these fields must be non-empty",
  fine: (set) => set > 0,
  withInvalid: true,
});

export const onlyOneOf = counting({
  kind: "only_one_of",
  message: "exactly one of these fields must be non-empty",
  fine: (set) => set === 1,
  withInvalid: false,
});

export const mutuallyExclusive = counting({
  kind: "mutually_exclusive",
  message: "only one or none of these fields must be set",
  fine: (set) => set < 2,
  withInvalid: false,
});

export const mutuallyRequired = counting({
  kind: "mutually_required",
  message: "all or none of these fields must be set",
  fine: (set, of) => set === 0 || set === of,
  withInvalid: false,
});

/** Fields that are set must differ from each other. */
export const distinct = (...names: string[]): Check => ({
  print: { distinct: names },
  prepare: (record) => known(record, names),
  run(values, errors) {
    if (names.some((name) => errorAt(errors, name) !== undefined)) return;
    const seen = names
      .map((name) => at(values, name))
      .filter((value) => value !== undefined && value !== null);
    if (new Set(seen).size < seen.length)
      addEntityError(errors, `values of these fields must be distinct: ${quoted(names)}`);
  },
});

/** Rules for a value, and for the elements of a list. `type` is only printed. */
export type Match = Rules & { readonly elements?: Rules & { readonly type?: FieldType } };

export interface Condition {
  readonly if_field: string;
  readonly if_match: Match;
  readonly then_field: string;
  readonly then_match: Match;
  /** Looks at the value when the rules hold. */
  readonly then_check?: Verdict;
  /** Said instead of `failed conditional validation given value of field '…'`. */
  readonly then_err?: string;
}

/** The field with other rules added to its own. */
function refine(field: Field, more: Match, custom?: Verdict): Field {
  const { elements, ...rest } = more;
  const rules = { ...field.rules, ...rest };
  const added = compileRules(field.type, { ...rest, len_min: rest.len_min ?? 0 }, custom);
  return {
    ...field,
    rules,
    verdicts: [...added, ...field.verdicts],
    ...(elements && field.elements && { elements: refine(field.elements, elements) }),
  };
}

/** When `if_field` meets `if_match`, `then_field` has to meet `then_match`. */
export function conditional(condition: Condition): Check {
  const { then_check, ...printed } = condition;
  const { if_field, if_match, then_field, then_match } = condition;
  const then_err = condition.then_err ?? `failed conditional validation given value of field '${if_field}'`;
  let premise: Field;
  let conclusion: Field;
  return {
    print: { conditional: printed },
    prepare(record) {
      premise = refine(fieldAt(record, if_field), if_match);
      conclusion = refine(fieldAt(record, then_field), then_match, then_check);
    },
    run(values, errors) {
      if (errorAt(errors, if_field) !== undefined) return;
      if (valueProblem(premise, at(values, if_field) ?? null) !== undefined) return;
      const problem = valueProblem(conclusion, at(values, then_field) ?? null);
      if (problem === undefined) return;
      putErrorAt(errors, then_field, problem);
      addEntityError(errors, then_err);
    },
  };
}

/** When `if_field` meets `if_match`, one of `names` has to be set. */
export function conditionalAtLeastOneOf(condition: {
  readonly if_field: string;
  readonly if_match: Rules;
  readonly then_at_least_one_of: readonly string[];
  readonly then_err: string;
}): Check {
  const { if_field, if_match, then_at_least_one_of: names, then_err } = condition;
  let premise: Field;
  return {
    print: { conditional_at_least_one_of: condition },
    prepare(record) {
      premise = refine(fieldAt(record, if_field), if_match);
      known(record, names);
    },
    run(values, errors) {
      if (errorAt(errors, if_field) !== undefined) return;
      const value = at(values, if_field) ?? null;
      if (valueProblem(premise, value) !== undefined) return;
      if (names.every((name) => isEmpty(at(values, name))))
        addEntityError(
          errors,
          then_err.replace("%s", () => pretty(value)),
        );
    },
  };
}

export interface CustomCheck<T> {
  /** The fields it reads; it does not run when one of them has an error. */
  readonly field_sources: readonly string[];
  readonly run_with_missing_fields?: boolean;
  readonly run_with_invalid_fields?: boolean;
  /** @returns a text for `@entity`, or errors by field. */
  readonly check: (row: T) => ErrorTree | undefined;
}

/** A check in code across the fields of a record. */
export function customCheck<T = Values>(custom: CustomCheck<T>): Check {
  const { check, ...print } = custom;
  return {
    print: { custom_entity_check: print },
    // Kong names fields here that some flavours of a schema don't have.
    prepare: () => undefined,
    run(values, errors) {
      const invalid = custom.field_sources.some((name) => errorAt(errors, name) !== undefined);
      if (invalid && !custom.run_with_invalid_fields) return;
      const found = check(values as T);
      if (found !== undefined) addFound(errors, found);
    },
  };
}

/** Adds what a check in code found: a text concerns the whole. */
function addFound(errors: ErrorFields, found: ErrorTree): void {
  if (typeof found === "string") return addEntityError(errors, found);
  for (const [name, error] of Object.entries(found)) {
    if (error === null) continue;
    if (name === "@entity" && Array.isArray(error)) for (const text of error) addFound(errors, text ?? "");
    else putErrorAt(errors, name, error);
  }
}

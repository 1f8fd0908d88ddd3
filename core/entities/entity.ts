import type { Ready } from "../ready.ts";
import { fillRecord, mergeChanges, recordProblems } from "../schema/index.ts";
import { fillFields } from "../schema/fill.ts";
import { immutableProblems } from "../schema/merge.ts";
import { at, errorAt, putErrorAt } from "../schema/tree.ts";
import type { AutoSource, ErrorFields, RecordField, RecordSpec, Values } from "../schema/index.ts";

/** A stored row, complete: every field of its schema, null where nothing is set. */
export type Row = Values;

/** Which record a row has to fit, or why that can't be told. */
export type Variant =
  | { readonly record: RecordSpec; readonly defaults?: Values }
  | { readonly errors: ErrorFields };

/** Everything there is to know about a kind of row. */
export interface Entity {
  /** As in databases, declarative files and `/schemas`. */
  readonly name: string;
  readonly record: RecordField;
  /** The field that identifies a row; nearly always `id`. */
  readonly primaryKey: string;
  /** A unique field that may stand for the id in paths and references. */
  readonly endpointKey?: string;
  /** A unique field that a list can be asked for: `/consumers?custom_id=…` */
  readonly queryKey?: string;
  /** The fields that make a cache key, and whose values together are unique. */
  readonly cacheKey?: readonly string[];
  /** Rows may expire: they take `ttl` in seconds. */
  readonly ttl?: boolean;
  /** Rows belong to a workspace and carry `ws_id` inside the store. */
  readonly workspaceable: boolean;
  /** Has a schema, but no rows. */
  readonly virtual?: boolean;
  /** Left out of exports. */
  readonly transient?: boolean;
  /** The path of its collection in the Admin API; undefined for none. */
  readonly adminName?: string;
  /** The same below a parent (`/consumers/{c}/key-auth`). */
  readonly adminNestedName?: string;
  /** The record for a row whose kind hangs on its content. */
  variant?(given: Values): Variant;
  /**
   * Turns a valid row into what is stored, e.g. hashes a password. Left out by `_transform: false`.
   *
   * @param auto Where salts come from. Without `derive` the row comes at once.
   */
  transform?(row: Row, auto: Pick<AutoSource, "secret" | "derive">): Ready<Row>;
  /** The fields that go into the transformation: a change gives all or none of them. Default: any change transforms. */
  readonly transformed?: readonly string[];
}

export type ParsedRow =
  | { readonly ok: true; readonly row: Row }
  | { readonly ok: false; readonly errors: ErrorFields };

/** The record that a row has to fit. */
export const variantOf = (entity: Entity, given: Values): Variant =>
  entity.variant?.(given) ?? { record: entity.record.record };

/**
 * Fills and checks one row. All problems are told, but for a row whose kind is unknown: only that.
 *
 * @param auto Where ids, secrets and time stamps come from; without it absent ones read null.
 */
export function parseRow(entity: Entity, given: Values, auto?: AutoSource): ParsedRow {
  const variant = variantOf(entity, given);
  if ("errors" in variant) return { ok: false, errors: variant.errors };
  const { ttl, input } = prepare(entity, given, variant.record, auto);
  return judge(entity, variant.record, fillRecord(variant.record, input, auto), ttl, false);
}

/**
 * A stored row with changes, checked as a whole. The time of the last change is set.
 *
 * @returns The new row; the stored one is not touched.
 */
export function changeRow(entity: Entity, stored: Row, changes: Values, auto?: AutoSource): ParsedRow {
  const { ttl: remaining, ...rest } = stored;
  const variant = variantOf(entity, { ...rest, ...changes });
  if ("errors" in variant) return { ok: false, errors: variant.errors };
  const { ttl, input } = prepare(entity, changes, variant.record, auto);
  const merged = mergeChanges(variant.record, rest, input);
  if (auto) delete merged["updated_at"];
  const fixed = immutableProblems(variant.record, rest, merged);
  if (fixed) return { ok: false, errors: fixed };
  const row = fillFields(variant.record, merged, auto);
  const judged = judge(entity, variant.record, row, ttl === undefined ? remaining : ttl, true);
  // A row that became one of another kind: what its checks look at was never told.
  return judged.ok ? judged : { ok: false, errors: withUntold(judged.errors, variant.record, merged) };
}

/** Sets aside what the schema does not hold: `ttl`, and the time of the last change, which is never the caller's to say. */
function prepare(entity: Entity, given: Values, record: RecordSpec, auto: AutoSource | undefined) {
  const drop = auto !== undefined && Object.hasOwn(given, "updated_at") && record.fields.has("updated_at");
  const hasTtl = entity.ttl === true && Object.hasOwn(given, "ttl");
  if (!drop && !hasTtl) return { ttl: undefined, input: given };
  const input = { ...given };
  if (drop) delete input["updated_at"];
  if (hasTtl) delete input["ttl"];
  return { ttl: hasTtl ? given["ttl"] : undefined, input };
}

/** Errors, and for fields that checks across fields look at that they are not there. */
function withUntold(errors: ErrorFields, { checks }: RecordSpec, given: Values): ErrorFields {
  const untold = new Set(
    checks.flatMap(({ sources = [] }) => sources.filter((path) => at(given, path) === undefined)),
  );
  const all = { ...errors };
  for (const path of untold)
    if (errorAt(all, path) === undefined)
      putErrorAt(all, path, "field required for entity check when updating");
  return all;
}

function judge(entity: Entity, record: RecordSpec, row: Row, ttl: unknown, updating: boolean): ParsedRow {
  const errors = recordProblems(record, row, { updating });
  const wrong = entity.ttl ? ttlProblem(ttl) : undefined;
  if (wrong !== undefined) return { ok: false, errors: { ...errors, ttl: wrong } };
  if (errors) return { ok: false, errors };
  if (typeof ttl === "number") row["ttl"] = ttl;
  return { ok: true, row };
}

/** What is wrong with a time to live: seconds, 0 to 10^8. */
export function ttlProblem(ttl: unknown): string | undefined {
  if (ttl === undefined || ttl === null) return undefined;
  if (!Number.isInteger(ttl)) return "must be an integer";
  return (ttl as number) >= 0 && (ttl as number) <= 100_000_000
    ? undefined
    : "must be an integer between 0 and 100000000";
}

import { fillRecord, recordProblems } from "../schema/index.ts";
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
  /** The fields that make a cache key, and whose values together are unique. */
  readonly cacheKey?: readonly string[];
  /** Rows may expire: they take `ttl` in seconds. */
  readonly ttl?: boolean;
  /** Rows belong to a workspace and carry `ws_id` inside the store. */
  readonly workspaceable: boolean;
  /** Left out of exports. */
  readonly transient?: boolean;
  /** The path of its collection in the Admin API; undefined for none. */
  readonly adminName?: string;
  /** The same below a parent (`/consumers/{c}/key-auth`). */
  readonly adminNestedName?: string;
  /** The record for a row whose kind hangs on its content. */
  variant?(given: Values): Variant;
  /** Turns a valid row into what is stored, e.g. hashes a password. Left out by `_transform: false`. */
  transform?(row: Row): Row;
}

export type ParsedRow =
  | { readonly ok: true; readonly row: Row }
  | { readonly ok: false; readonly errors: ErrorFields };

export interface ParseOptions {
  /** Where ids, secrets and time stamps come from; without it absent ones read null. */
  readonly auto?: AutoSource | undefined;
  /** The row is a stored one with changes merged in. */
  readonly updating?: boolean;
}

/** Fills and checks one row. All problems are told, but for a row whose kind is unknown: only that. */
export function parseRow(
  entity: Entity,
  given: Values,
  { auto, updating = false }: ParseOptions = {},
): ParsedRow {
  const variant = entity.variant?.(given) ?? { record: entity.record.record };
  if ("errors" in variant) return { ok: false, errors: variant.errors };
  const { ttl, updated_at, ...rest } = given;
  const input = { ...rest };
  // The time of the last change is never the caller's to say.
  if (updated_at !== undefined && !(auto && variant.record.fields.has("updated_at")))
    input["updated_at"] = updated_at;
  if (ttl !== undefined && !entity.ttl) input["ttl"] = ttl;
  const row = fillRecord(variant.record, input, auto);
  const errors = recordProblems(variant.record, row, { updating });
  const ttlProblem = entity.ttl ? ttlError(ttl) : undefined;
  if (ttlProblem !== undefined) return { ok: false, errors: { ...errors, ttl: ttlProblem } };
  if (errors) return { ok: false, errors };
  if (entity.ttl && typeof ttl === "number") row["ttl"] = ttl;
  return { ok: true, row };
}

/** Seconds to live, 0 (for ever) to 10^8. */
function ttlError(ttl: unknown): string | undefined {
  if (ttl === undefined || ttl === null) return undefined;
  if (!Number.isInteger(ttl)) return "must be an integer";
  return (ttl as number) >= 0 && (ttl as number) <= 100_000_000
    ? undefined
    : "must be an integer between 0 and 100000000";
}

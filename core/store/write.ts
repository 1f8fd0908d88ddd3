import { changeRow, type Entity, type ParsedRow, parseRow, type Row } from "../entities/index.ts";
import type { StoredRow } from "../ports/store.ts";
import { type AutoSource, type ErrorFields, pretty, type Values } from "../schema/index.ts";
import { isUuid } from "../schema/rule.ts";
import { own } from "../schema/tree.ts";
import { StoreConflict } from "./conflict.ts";
import type { WriteAccess } from "./database.ts";
import { type RowKey, told } from "./key.ts";
import { notFound, schemaViolation, StoreProblem, uniqueViolation } from "./problem.ts";
import { protocolProblem } from "./protocols.ts";
import { select, ttlOf } from "./read.ts";
import { resolveReferences, violations } from "./references.ts";
import { cacheKeyName } from "./table.ts";

/** Kong's words for what a store refused. */
export const problemOf = (error: unknown, entity: Entity, values: Values): unknown => {
  if (!(error instanceof StoreConflict)) return error;
  const { kind, key } = error;
  if (kind === "primary") {
    const primary = { [entity.primaryKey]: values[entity.primaryKey] };
    return new StoreProblem("primaryKeyViolation", `primary key violation on key '${pretty(primary)}'`, {
      fields: primary,
    });
  }
  if (kind === "unique") return uniqueViolation(key === cacheKeyName ? entity.cacheKey! : [key], values);
  if (kind === "foreign") {
    const { reference = "" } = entity.record.record.fields.get(key)!;
    const message = `the foreign key '${pretty(values[key])}' does not reference an existing '${reference}' entity.`;
    return new StoreProblem("foreignKeyViolation", message, { fields: { [key]: values[key] } });
  }
  return referenced(entity, key);
};

/** A row can't go while rows of another entity need it. */
export const referenced = (entity: Entity, by: string): StoreProblem =>
  new StoreProblem(
    "foreignKeyViolation",
    `an existing '${by}' entity references this '${entity.name}' entity`,
    { fields: { "@referenced_by": by } },
  );

/** Adds a checked row, or puts it in the place of the one with its primary key. @throws StoreProblem */
export const keep = async (
  { rows }: WriteAccess,
  entity: Entity,
  row: StoredRow,
  how: "insert" | "replace",
): Promise<StoredRow> => {
  try {
    await rows[how](entity.name, row);
    return row;
  } catch (error) {
    throw problemOf(error, entity, row.values);
  }
};

/** A checked row as it is kept: transformed, without what is not stored, its time to live as a moment. */
const storable = async (
  entity: Entity,
  row: Row,
  auto: AutoSource,
  isTransformed: boolean,
): Promise<StoredRow> => {
  const values: Values = { ...(isTransformed ? ((await entity.transform?.(row, auto)) ?? row) : row) };
  for (const [name, { rules }] of entity.record.record.fields) if (rules.transient) delete values[name];
  const { ttl } = values;
  if (!entity.ttl) return { values, expiresAtMs: null };
  delete values["ttl"];
  // Zero means forever, as in Kong.
  return { values, expiresAtMs: typeof ttl === "number" && ttl > 0 ? auto.nowMs() + ttl * 1000 : null };
};

const refuse = (entity: Entity, values: Values, parsed: ParsedRow, references: ErrorFields): Row => {
  if (parsed.ok && Object.keys(references).length === 0) return parsed.row;
  throw schemaViolation(violations(entity, values, parsed.ok ? undefined : parsed.errors, references));
};

/** UUIDs are the same in both cases, and kept in one. */
const withLowerId = (entity: Entity, values: Values): Values => {
  const id = own(values, entity.primaryKey);
  return isUuid(id) ? { ...values, [entity.primaryKey]: id.toLowerCase() } : values;
};

const parsed = async (access: WriteAccess, entity: Entity, given: Values): Promise<StoredRow> => {
  await protocolProblem(access, entity, given);
  const { values, errors } = await resolveReferences(access, entity, given);
  const result = parseRow(entity, withLowerId(entity, values), access.auto);
  return storable(entity, refuse(entity, values, result, errors), access.auto, true);
};

/** Adds a row. @throws StoreProblem */
export const insert = async (access: WriteAccess, entity: Entity, given: Values): Promise<StoredRow> =>
  keep(access, entity, await parsed(access, entity, given), "insert");

/** Adds a row under a key, or puts it in the place of the one that is there. @throws StoreProblem */
export const upsert = async (
  access: WriteAccess,
  entity: Entity,
  key: RowKey,
  given: Values,
): Promise<StoredRow> => {
  const stored = await select(access, entity, key);
  const { primaryKey } = entity;
  const id = stored === undefined ? {} : { [primaryKey]: stored.values[primaryKey] };
  const row = await parsed(access, entity, { ...given, ...id, ...told(key) });
  return keep(access, entity, row, stored === undefined ? "insert" : "replace");
};

/** Merges changes into a row. @throws StoreProblem, `notFound` among them. */
export const update = async (
  access: WriteAccess,
  entity: Entity,
  key: RowKey,
  changes: Values,
): Promise<StoredRow> => {
  const stored = await select(access, entity, key);
  if (stored === undefined) throw notFound(told(key));
  return change(access, entity, key, stored, changes);
};

/** Merges changes into a row that was read. @throws StoreProblem */
export const change = async (
  access: WriteAccess,
  entity: Entity,
  key: RowKey,
  stored: StoredRow,
  changes: Values,
): Promise<StoredRow> => {
  const nowMs = access.auto.nowMs();
  await protocolProblem(access, entity, changes, stored.values);
  const { values, errors } = await resolveReferences(access, entity, changes);
  const before = { ...stored.values, ...(entity.ttl && { ttl: ttlOf(stored, nowMs) }) };
  const result = changeRow(entity, before, withLowerId(entity, values), access.auto);
  const changed = refuse(entity, { ...before, ...values }, result, errors);
  const id = own(withLowerId(entity, changes), entity.primaryKey);
  if (id !== undefined && id !== stored.values[entity.primaryKey]) throw notFound(told(key));
  const row = await storable(entity, changed, access.auto, isTransformedBy(entity, stored, values));
  const kept = own(changes, "ttl") === undefined ? { ...row, expiresAtMs: stored.expiresAtMs } : row;
  return keep(access, entity, kept, "replace");
};

/**
 * Whether changes hold what the entity's transformation takes: a hashed password is not hashed again.
 *
 * @throws StoreProblem when they hold a part of it.
 */
const isTransformedBy = (entity: Entity, stored: StoredRow, changes: Values): boolean => {
  const { transformed } = entity;
  if (transformed === undefined) return true;
  const given = transformed.filter((field) => Object.hasOwn(changes, field));
  if (given.length === transformed.length) return true;
  if (given.every((field) => pretty(changes[field]) === pretty(stored.values[field]))) return false;
  const names = transformed.map((field) =>
    entity.record.record.fields.get(field)!.type === "foreign" ? `'${field}.id'` : `'${field}'`,
  );
  throw schemaViolation({ "@entity": [`all or none of these fields must be set: ${names.join(", ")}`] });
};

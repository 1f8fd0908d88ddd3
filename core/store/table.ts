import { type Entities, type Entity, uniqueFields } from "../entities/index.ts";
import type { StoredValues, Table, UniqueKey } from "../ports/store.ts";

/** The name of the unique key that several fields make together. */
export const cacheKeyName = "cache_key";

const uniqueKeys = (entity: Entity): UniqueKey[] => {
  const keys = uniqueFields(entity)
    .filter((field) => field !== entity.primaryKey)
    .map((field): UniqueKey => ({ name: field, fields: [field] }));
  if (entity.cacheKey !== undefined && entity.cacheKey.length > 1)
    keys.push({ name: cacheKeyName, fields: entity.cacheKey });
  return keys;
};

/** What a store has to know about the entities, parents first. */
export const tablesOf = (entities: Entities): Table[] =>
  entities.all
    .filter((entity) => entity.virtual !== true)
    .map((entity) => ({
      name: entity.name,
      primaryKey: entity.primaryKey,
      unique: uniqueKeys(entity),
      foreign: entities.parentsOf(entity.name).map(({ field, parent }) => ({ field, table: parent })),
    }));

const referenceOf = (value: unknown): string | null =>
  typeof value === "object" && value !== null && "id" in value && typeof value.id === "string"
    ? value.id
    : null;

/** The id that a foreign field holds. */
export const referredId = (values: StoredValues, field: string): string | null => referenceOf(values[field]);

/** The text of a unique key; null when it can't collide. */
export const uniqueText = ({ fields }: UniqueKey, values: StoredValues): string | null => {
  const [first] = fields;
  if (fields.length === 1) {
    const value = values[first!];
    return typeof value === "string" ? value : null;
  }
  const parts = fields.map((field) => {
    const value = values[field];
    return typeof value === "string" ? value : referenceOf(value);
  });
  // JSON separates the parts beyond doubt, and tells null from text.
  return JSON.stringify(parts);
};

/** The tags that a row carries. */
export const tagsOf = (values: StoredValues): readonly string[] => {
  const { tags } = values;
  return Array.isArray(tags) ? [...new Set(tags.filter((tag) => typeof tag === "string"))] : [];
};

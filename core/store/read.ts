import { type Entity, type Row, variantOf } from "../entities/index.ts";
import type { PageQuery, StoredRow } from "../ports/store.ts";
import { echoOldNames } from "../schema/index.ts";
import type { Access } from "./database.ts";
import type { RowKey } from "./key.ts";
import { keyOfOffset, offsetAfter } from "./offset.ts";

/** The row that a key names. */
export const select = (
  { rows }: Access,
  entity: Entity,
  { field, value }: RowKey,
): Promise<StoredRow | undefined> =>
  field === entity.primaryKey ? rows.get(entity.name, value) : rows.find(entity.name, field, value);

/** Whole seconds that a row has left, the one under way not counted, as clients of Kong expect; null when it stays. */
export const ttlOf = ({ expiresAtMs }: StoredRow, nowMs: number): number | null =>
  expiresAtMs === null ? null : Math.max(0, Math.ceil((expiresAtMs - nowMs) / 1000) - 1);

/** A row as clients see it: with its remaining seconds, and old names beside the new ones. */
export const show = ({ auto }: Access, entity: Entity, stored: StoredRow): Row => {
  const { values } = stored;
  const variant = variantOf(entity, values);
  const shown = echoOldNames("record" in variant ? variant.record : entity.record.record, values);
  return entity.ttl ? { ...shown, ttl: ttlOf(stored, auto.nowMs()) } : shown;
};

export interface Page {
  readonly rows: readonly StoredRow[];
  /** What the next page begins after; undefined on the last. */
  readonly offset: string | undefined;
}

export interface PageOptions extends Pick<PageQuery, "reference" | "tags"> {
  /** The most rows of a page. */
  readonly size: number;
  readonly offset?: string | undefined;
}

/** One page of the rows of an entity, by primary key. @throws StoreProblem for a wrong offset. */
export const page = async ({ rows }: Access, entity: Entity, options: PageOptions): Promise<Page> => {
  const { size, offset, ...which } = options;
  const key = offset === undefined ? [] : keyOfOffset(offset);
  if (key === undefined) return { rows: [], offset: undefined };
  const found = await rows.page(entity.name, { ...which, after: key[0], limit: size + 1 });
  if (found.length <= size) return { rows: found, offset: undefined };
  const shown = found.slice(0, size);
  return { rows: shown, offset: offsetAfter(String(shown.at(-1)!.values[entity.primaryKey])) };
};

/** Every row of an entity, or every one that refers to another, in pages below. */
export async function* each(
  { rows }: Access,
  entity: Entity,
  reference?: { readonly field: string; readonly id: string },
): AsyncGenerator<StoredRow> {
  const limit = 1_000;
  let after: string | undefined;
  while (true) {
    const found = await rows.page(entity.name, { after, limit, ...(reference && { reference }) });
    yield* found;
    if (found.length < limit) return;
    after = String(found.at(-1)!.values[entity.primaryKey]);
  }
}

import type { Row } from "../ports/directory.ts";
import type { StoredRow } from "../ports/store.ts";

/** A row as files and the data path hold it: how long it lives (`ttl`, seconds) counts from its creation. */
export const declaredRow = ({ values, expiresAtMs }: StoredRow): Row =>
  expiresAtMs === null
    ? (values as Row)
    : ({ ...values, ttl: expiresAtMs / 1000 - Number(values["created_at"]) } as Row & { ttl: number });

/** The same row as a store keeps it. */
export const storedRow = (row: Row): StoredRow => {
  const { ttl, ...values } = row;
  const { created_at: createdAt } = row;
  const expires = typeof ttl === "number" && ttl > 0 && typeof createdAt === "number";
  return { values, expiresAtMs: expires ? (createdAt + ttl) * 1000 : null };
};

import type { Entity } from "../entities/index.ts";
import type { StoredRow } from "../ports/store.ts";
import type { WriteAccess } from "./database.ts";
import { each } from "./read.ts";
import { problemOf, referenced } from "./write.ts";

/**
 * Deletes a row and, as the relations say, rows that refer to it.
 *
 * @param cascading Entities whose rows go too, whatever the relation says.
 * @throws StoreProblem when a row that refers to it has to stay.
 */
export const remove = async (
  access: WriteAccess,
  entity: Entity,
  { values }: StoredRow,
  cascading: readonly string[] = [],
): Promise<void> => {
  const id = String(values[entity.primaryKey]);
  for (const { child: name, field, onDelete } of access.entities.childrenOf(entity.name).toReversed()) {
    const child = access.entities.get(name)!;
    const rule = cascading.includes(name) ? "cascade" : onDelete;
    const rows: StoredRow[] = [];
    for await (const row of each(access, child, { field, id })) rows.push(row);
    if (rule === "restrict" && rows.length > 0) throw referenced(entity, name);
    for (const row of rows) {
      if (rule === "cascade") await remove(access, child, row);
      else await access.rows.replace(name, { ...row, values: { ...row.values, [field]: null } });
    }
  }
  try {
    await access.rows.remove(entity.name, id);
  } catch (error) {
    throw problemOf(error, entity, values);
  }
};

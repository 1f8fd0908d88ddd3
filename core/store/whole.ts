import type { Entity } from "../entities/index.ts";
import type { Row } from "../ports/directory.ts";
import { canonical } from "../schema/canonical.ts";
import type { Access, Database, WriteAccess } from "./database.ts";
import { declaredRow, storedRow } from "./lifetime.ts";
import { each } from "./read.ts";
import { remove } from "./remove.ts";
import type { Tables } from "./rows.ts";
import { keep } from "./write.ts";

const isKept = ({ virtual, transient }: Entity): boolean => virtual !== true && transient !== true;

/** Every row of every entity, parents first. */
export const readTables = async (access: Access): Promise<Tables> => {
  const tables: Record<string, Record<string, Row>> = {};
  for (const entity of access.entities.all.filter(isKept)) {
    const table: Record<string, Row> = {};
    for await (const stored of each(access, entity))
      table[String(stored.values[entity.primaryKey])] = declaredRow(stored);
    tables[entity.name] = table;
  }
  return tables;
};

export interface WriteTablesOptions {
  /** Also deletes the rows that the tables don't hold. */
  readonly isComplete?: boolean;
  /** Called after each row. */
  readonly onProgress?: (done: number, of: number) => void;
}

export interface TablesWritten {
  readonly written: number;
  /** Rows that were there already, as they are. */
  readonly unchanged: number;
  readonly deleted: number;
}

/** What of a row an author decides, as text: two rows with the same one need no write. */
const content = ({ created_at: _created, updated_at: _updated, ...values }: Row): string => canonical(values);

const deleteOthers = async (access: WriteAccess, tables: Tables): Promise<number> => {
  let deleted = 0;
  for (const entity of access.entities.all.filter(isKept).toReversed()) {
    if (entity.name === "workspaces") continue;
    for await (const row of each(access, entity)) {
      if (Object.hasOwn(tables[entity.name] ?? {}, String(row.values[entity.primaryKey]))) continue;
      await remove(access, entity, row);
      deleted++;
    }
  }
  return deleted;
};

/**
 * Puts rows that were checked into a database, each under its primary key: all of them, or none.
 *
 * @throws StoreProblem for the first row that does not fit to what is there.
 */
export const writeTables = (
  database: Database,
  tables: Tables,
  options: WriteTablesOptions = {},
): Promise<TablesWritten> =>
  database.write(async (access) => {
    const deleted = options.isComplete === true ? await deleteOthers(access, tables) : 0;
    const of = Object.values(tables).reduce((sum, table) => sum + Object.keys(table).length, 0);
    let done = 0;
    let unchanged = 0;
    for (const entity of access.entities.all.filter(isKept)) {
      for (const [id, row] of Object.entries(tables[entity.name] ?? {})) {
        const before = await access.rows.get(entity.name, id);
        if (before !== undefined && content(declaredRow(before)) === content(row)) unchanged++;
        else await keep(access, entity, storedRow(row), before === undefined ? "insert" : "replace");
        done++;
        options.onProgress?.(done, of);
      }
    }
    return { written: done - unchanged, unchanged, deleted };
  });

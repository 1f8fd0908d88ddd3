import type { Entity } from "../entities/index.ts";
import type { Row } from "../ports/directory.ts";
import type { Records } from "../ports/records.ts";
import type { Values } from "../schema/index.ts";
import type { Database } from "./database.ts";
import { declaredRow } from "./lifetime.ts";
import { StoreProblem } from "./problem.ts";
import { each, select } from "./read.ts";
import { remove } from "./remove.ts";
import { insert, update } from "./write.ts";

/** What the data path writes, in the database of the entities. */
export class DatabaseRecords implements Records {
  readonly isWritable: boolean;
  private readonly database: Database;

  /** @param isWritable False for declared rows. */
  constructor(database: Database, isWritable = true) {
    this.database = database;
    this.isWritable = isWritable;
  }

  async find(entity: string, field: string, value: string): Promise<Row | undefined> {
    const found = await select(this.database, this.entity(entity), { field, value });
    return found && declaredRow(found);
  }

  async list(name: string): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const row of each(this.database, this.entity(name))) rows.push(declaredRow(row));
    return rows;
  }

  async insert(entity: string, values: Values): Promise<Row> {
    const made = await this.database.write((access) => insert(access, this.entity(entity), values));
    return declaredRow(made);
  }

  async update(entity: string, id: string, changes: Values): Promise<Row | undefined> {
    try {
      const key = { field: this.entity(entity).primaryKey, value: id };
      return declaredRow(
        await this.database.write((access) => update(access, this.entity(entity), key, changes)),
      );
    } catch (error) {
      if (error instanceof StoreProblem && error.kind === "notFound") return undefined;
      throw error;
    }
  }

  remove(name: string, id: string): Promise<boolean> {
    const entity = this.entity(name);
    return this.database.write(async (access) => {
      const found = await access.rows.get(name, id);
      if (found !== undefined) await remove(access, entity, found);
      return found !== undefined;
    });
  }

  private entity(name: string): Entity {
    const entity = this.database.entities.get(name);
    if (entity === undefined) throw new TypeError(`there is no entity ${name}`);
    return entity;
  }
}

import type { Entity, Row } from "../entities/index.ts";
import type { StoredRow } from "../ports/store.ts";
import type { Values } from "../schema/index.ts";
import {
  type Access,
  change,
  insert,
  keyOf,
  remove,
  select,
  show,
  told,
  upsert,
  type WriteAccess,
} from "../store/index.ts";
import { notFound } from "../store/index.ts";

/** How the Admin API reads and writes the rows of an entity. */
export interface Keeper {
  readonly entity: Entity;
  /**
   * The row that a part of a path names.
   *
   * @param parent The row under which it is looked for, with the field that refers to it.
   * @throws StoreProblem when the text can't name one.
   */
  find(access: Access, text: string, parent?: Parent): Promise<StoredRow | undefined>;
  /** What is told when nothing is found; `Not found` without it. */
  readonly absent?: (text: string) => Error | undefined;
  /** The same below a parent. */
  readonly absentBelow?: (access: Access, text: string) => Values | undefined;
  /** The row as clients see it. */
  show(access: Access, row: StoredRow): Row | Promise<Row>;
  insert(access: WriteAccess, given: Values): Promise<StoredRow>;
  /** @param stored The row to change; undefined when it was not found. */
  change(
    access: WriteAccess,
    text: string,
    stored: StoredRow | undefined,
    changes: Values,
  ): Promise<StoredRow>;
  upsert(access: WriteAccess, text: string, given: Values, parent?: Parent): Promise<StoredRow>;
  remove(access: WriteAccess, row: StoredRow): Promise<void>;
}

export interface Parent {
  readonly field: string;
  readonly id: string;
}

/** Rows without peculiarities. */
export const keeperOf = (entity: Entity): Keeper => ({
  entity,
  find: (access, text) => select(access, entity, keyOf(entity, text)),
  show: (access, row) => show(access, entity, row),
  insert: (access, given) => insert(access, entity, given),
  change(access, text, stored, changes) {
    const key = keyOf(entity, text);
    if (stored === undefined) throw notFound(told(key));
    return change(access, entity, key, stored, changes);
  },
  upsert: (access, text, given) => upsert(access, entity, keyOf(entity, text), given),
  remove: (access, row) => remove(access, entity, row),
});

/** There is no such row, which is told without its name. */
export class RowUnknown extends Error {
  constructor(message = "Not found") {
    super(message);
    this.name = "RowUnknown";
  }
}

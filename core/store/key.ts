import type { Entity } from "../entities/index.ts";
import { isUuid } from "../schema/rule.ts";
import { valueProblem } from "../schema/index.ts";
import { pretty } from "../schema/index.ts";
import { StoreProblem } from "./problem.ts";

/** What names a row: its id, or the value of its endpoint key. */
export interface RowKey {
  readonly field: string;
  readonly value: string;
}

/** Entities of which a name that no row can have is just not found, as in Kong. */
const unjudged: ReadonlySet<string> = new Set(["keys"]);

export const told = ({ field, value }: RowKey): Record<string, string> => ({ [field]: value });

/**
 * The key that a part of a path stands for: an id, or the value of the entity's endpoint key.
 *
 * @throws StoreProblem when it can be neither.
 */
export const keyOf = (entity: Entity, text: string): RowKey => {
  if (isUuid(text)) return { field: entity.primaryKey, value: text.toLowerCase() };
  const field = entity.endpointKey;
  if (field === undefined) {
    const fields = { [entity.primaryKey]: "expected a valid UUID" };
    throw new StoreProblem("invalidPrimaryKey", `invalid primary key: '${pretty(fields)}'`, { fields });
  }
  if (unjudged.has(entity.name)) return { field, value: text };
  const problem = valueProblem(entity.record.record.fields.get(field)!, text);
  if (typeof problem === "string") throw new StoreProblem("invalidUnique", problem, { of: field });
  return { field, value: text };
};

import type { ErrorFields } from "../schema/index.ts";
import { isObject, own } from "../schema/tree.ts";
import { isUuid } from "../schema/rule.ts";
import type { Entity } from "./entity.ts";

/**
 * What is wrong with a reference as a caller writes it: `{id}` or another unique field of the other row.
 *
 * @returns Errors by field; undefined for an id, or for something else that the other row can be found by.
 */
export function referenceProblem(parent: Entity, value: unknown): ErrorFields | undefined {
  if (!isObject(value)) return { id: "missing primary key" };
  const { fields } = parent.record.record;
  const unknown = Object.keys(value).filter((name) => !fields.has(name));
  if (unknown.length) return Object.fromEntries(unknown.map((name) => [name, "unknown field"]));
  const id = own(value, parent.primaryKey);
  if (id !== undefined && id !== null) return isUuid(id) ? undefined : { id: "expected a valid UUID" };
  return referenceKey(parent, value) === undefined ? { id: "missing primary key" } : undefined;
}

/** The unique field by which a reference without id names its row. */
export function referenceKey(parent: Entity, value: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(value).find(
    (name) => name === parent.endpointKey || parent.record.record.fields.get(name)?.rules.unique === true,
  );
}

/** The fields whose value no two rows share, the primary key aside. */
export const uniqueFields = (entity: Entity): string[] =>
  [...entity.record.record.fields].filter(([, { rules }]) => rules.unique).map(([name]) => name);

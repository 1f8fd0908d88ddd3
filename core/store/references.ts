import { type Entity, referenceKey, referenceProblem, variantOf } from "../entities/index.ts";
import { type ErrorFields, pretty, type Values } from "../schema/index.ts";
import { isObject, own } from "../schema/tree.ts";
import type { Access } from "./database.ts";
import { StoreProblem } from "./problem.ts";

/** Stands for the id of a reference that is wrong, so that nothing else is told of it. */
const someId = "00000000-0000-0000-0000-000000000000";

export interface Resolved {
  /** The values with ids in their references. */
  readonly values: Values;
  /** What is wrong with references, by field. */
  readonly errors: ErrorFields;
}

/**
 * Replaces references by name (`{name: "x"}`) by ids.
 *
 * @throws StoreProblem when a name leads nowhere.
 */
export const resolveReferences = async (access: Access, entity: Entity, given: Values): Promise<Resolved> => {
  let values = given;
  const errors: ErrorFields = {};
  for (const { field, parent: parentName } of access.entities.parentsOf(entity.name)) {
    const value = own(given, field);
    if (value === undefined || value === null) continue;
    const parent = access.entities.get(parentName)!;
    const problem = referenceProblem(parent, value);
    if (problem !== undefined) {
      // Of a wrong reference to a row of several kinds Kong misses first what tells them apart.
      const isKindMissing = parent.name === "routes" && typeof value === "object";
      errors[field] = isKindMissing ? { protocols: "required field missing" } : problem;
      values = { ...values, [field]: { id: someId } };
      continue;
    }
    const reference = value as Values;
    const id = own(reference, parent.primaryKey);
    if (typeof id === "string") {
      values = { ...values, [field]: { id: id.toLowerCase() } };
      continue;
    }
    values = { ...values, [field]: { id: await idByName(access, field, parent, reference) } };
  }
  return { values, errors };
};

const idByName = async (
  { rows }: Access,
  field: string,
  parent: Entity,
  reference: Values,
): Promise<unknown> => {
  const key = referenceKey(parent, reference)!;
  const name = reference[key];
  const found = typeof name === "string" ? await rows.find(parent.name, key, name) : undefined;
  if (found !== undefined) return found.values[parent.primaryKey];
  const told = `the foreign key cannot be resolved with '${pretty({ [key]: name })}' for an existing '${parent.name}' entity`;
  throw new StoreProblem("foreignKeysUnresolved", `foreign key unresolved (${field}.${key}: ${told})`, {
    fields: { [field]: { [key]: told } },
  });
};

/** The errors of a row, with those of its references in their place. Of a row whose kind is unknown only that is told. */
export const violations = (
  entity: Entity,
  values: Values,
  errors: ErrorFields | undefined,
  more: ErrorFields,
): ErrorFields => {
  if (errors !== undefined && "errors" in variantOf(entity, values)) return errors;
  const all: ErrorFields = { ...errors };
  for (const [field, problem] of Object.entries(more))
    if (typeof all[field] !== "string" || !isObject(problem)) all[field] = problem;
  return all;
};

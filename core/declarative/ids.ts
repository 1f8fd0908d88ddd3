import type { Entity } from "../entities/index.ts";
import { own } from "../schema/tree.ts";
import { uuidV5, uuidV5Maker } from "../uuid/index.ts";
import { walk } from "./entry.ts";
import type { Entry } from "./entry.ts";

/** The namespace of all ids that follow from names; the same as Kong's, so that ids are. */
const root = "fd02801f-0957-4a15-a55a-c8d9606f30b5";

const makers = new Map<string, (key: string) => string>();

function makerOf(entity: Entity): (key: string) => string {
  let make = makers.get(entity.name);
  if (make === undefined) makers.set(entity.name, (make = uuidV5Maker(uuidV5(entity.name, root))));
  return make;
}

/** The text that an entry's id follows from; undefined when nothing names it. */
function keyOf({ entity, given, parent, relation }: Entry): string | undefined {
  const { fields } = entity.record.record;
  if (!entity.cacheKey) {
    const name = entity.endpointKey;
    if (name === undefined || !fields.get(name)!.rules.unique || fields.get(name)!.rules.auto)
      return undefined;
    const value = own(given, name);
    return typeof value === "string" ? value : undefined;
  }
  const parts = [entity.name, "*"];
  for (const name of entity.cacheKey) {
    const { rules } = fields.get(name)!;
    const value = own(given, name);
    if (rules.auto) return undefined;
    // As in Kong, a name that is written beside the nesting goes into the id as it is.
    if (typeof value === "string") parts.push(value);
    else if (relation?.field === name) parts.push(parent!.id);
    else if (value === undefined) {
      if (rules.required) return undefined;
      parts.push("");
    }
  }
  return parts.join(":");
}

/** Gives every entry its id: the written one, else the one that follows from its name, else the random one of its row. */
export function assignIds(entries: readonly Entry[]): void {
  for (const entry of walk(entries)) {
    const row = entry.row!;
    const { primaryKey } = entry.entity;
    const written = own(entry.given, primaryKey);
    if (typeof written !== "string" && primaryKey === "id") {
      const key = keyOf(entry);
      if (key !== undefined) row["id"] = makerOf(entry.entity)(key);
    }
    entry.id = String(row[primaryKey]);
  }
}

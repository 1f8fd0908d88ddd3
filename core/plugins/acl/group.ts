import { created, id, labels, owner } from "../../entities/index.ts";
import type { Entity } from "../../entities/index.ts";
import { record, string } from "../../schema/index.ts";

/** A consumer's membership in a group. */
export const acls: Entity = {
  name: "acls",
  primaryKey: "id",
  cacheKey: ["consumer", "group"],
  workspaceable: true,
  adminName: "acls",
  adminNestedName: "acls",
  record: record({
    id,
    created_at: created,
    consumer: owner,
    group: string({ required: true, doc: "The group that the consumer belongs to." }),
    tags: labels,
  }),
};

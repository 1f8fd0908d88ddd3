import { created, id } from "../../entities/index.ts";
import type { Entity } from "../../entities/index.ts";
import { record, string } from "../../schema/index.ts";

/** Texts under keys, for `storage: kong`. */
export const acmeStorage: Entity = {
  name: "acme_storage",
  primaryKey: "id",
  cacheKey: ["key"],
  ttl: true,
  transient: true,
  workspaceable: false,
  adminName: "acme_storage",
  record: record({
    id,
    key: string({ required: true, unique: true, auto: true, doc: "What the text is found by." }),
    value: string({ required: true, auto: true, doc: "The text." }),
    created_at: created,
  }),
};

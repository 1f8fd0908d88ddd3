import { created, id, labels, owner } from "../../entities/index.ts";
import type { Entity } from "../../entities/index.ts";
import { record, string } from "../../schema/index.ts";

export const keyauthCredentials: Entity = {
  name: "keyauth_credentials",
  primaryKey: "id",
  endpointKey: "key",
  cacheKey: ["key"],
  ttl: true,
  workspaceable: true,
  adminName: "key-auths",
  adminNestedName: "key-auth",
  record: record({
    id,
    created_at: created,
    consumer: owner,
    key: string({
      required: false,
      unique: true,
      auto: true,
      doc: "The key; 32 random characters when absent.",
    }),
    tags: labels,
  }),
};

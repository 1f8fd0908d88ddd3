import { created, id, labels, owner } from "../../entities/index.ts";
import type { Entity } from "../../entities/index.ts";
import { record, string } from "../../schema/index.ts";

export const hmacauthCredentials: Entity = {
  name: "hmacauth_credentials",
  primaryKey: "id",
  endpointKey: "username",
  cacheKey: ["username"],
  workspaceable: true,
  adminName: "hmac-auths",
  adminNestedName: "hmac-auth",
  record: record({
    id,
    created_at: created,
    consumer: owner,
    username: string({ required: true, unique: true, doc: "The name that a client gives." }),
    secret: string({ auto: true, doc: "What a client signs with; 32 random characters when absent." }),
    tags: labels,
  }),
};

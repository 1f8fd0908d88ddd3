import { created, id, labels, owner } from "../../entities/index.ts";
import type { Entity } from "../../entities/index.ts";
import { record, string } from "../../schema/index.ts";
import { sha1 } from "../../uuid/sha1.ts";

const encoder = new TextEncoder();

/** How Kong keeps passwords: SHA-1 of the password and the consumer's id, in hexadecimal. */
export const hashPassword = (password: string, consumerId: string): string =>
  Array.from(sha1(encoder.encode(password + consumerId)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );

export const basicauthCredentials: Entity = {
  name: "basicauth_credentials",
  primaryKey: "id",
  endpointKey: "username",
  cacheKey: ["username"],
  workspaceable: true,
  adminName: "basic-auths",
  adminNestedName: "basic-auth",
  record: record({
    id,
    created_at: created,
    consumer: owner,
    username: string({ required: true, unique: true, doc: "The name that a client gives." }),
    password: string({
      required: true,
      encrypted: true,
      doc: "The password; kept as SHA-1 of itself and the consumer's id.",
    }),
    tags: labels,
  }),
  transformed: ["password", "consumer"],
  transform(row) {
    const { id: consumerId } = row["consumer"] as { id: string };
    return { ...row, password: hashPassword(row["password"] as string, consumerId) };
  },
};

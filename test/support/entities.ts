import { createEntities, created, id, labels, owner } from "../../core/entities/index.ts";
import type { Entity } from "../../core/entities/index.ts";
import { bundledPlugins } from "../../core/plugins/index.ts";
import { keyauthCredentials } from "../../core/plugins/key-auth/credential.ts";
import { array, boolean, record, string } from "../../core/schema/index.ts";
import type { AutoSource, Documented } from "../../core/schema/index.ts";

export const plugins = Object.fromEntries(bundledPlugins.map((plugin) => [plugin.name, plugin]));

/** A credential entity as plugins bring them along. */
const credential = (
  name: string,
  keys: Pick<Entity, "endpointKey" | "cacheKey">,
  fields: Record<string, Documented>,
): Entity => ({
  name,
  primaryKey: "id",
  ...keys,
  workspaceable: true,
  record: record({ id, created_at: created, consumer: owner, tags: labels, ...fields }),
});

const unique = string({ unique: true, auto: true, doc: "Made when absent." });
const secret = string({ auto: true, doc: "Made when absent." });
const username = string({ required: true, unique: true, doc: "The name." });

export const basicauthCredentials: Entity = {
  ...credential(
    "basicauth_credentials",
    { endpointKey: "username", cacheKey: ["username"] },
    { username, password: string({ required: true, doc: "The password." }) },
  ),
  transform: (row) => ({ ...row, password: `hashed ${String(row["password"])}` }),
};

export const credentials: Entity[] = [
  keyauthCredentials,
  basicauthCredentials,
  credential(
    "hmacauth_credentials",
    { endpointKey: "username", cacheKey: ["username"] },
    { username, secret },
  ),
  credential(
    "jwt_secrets",
    { endpointKey: "key", cacheKey: ["key"] },
    {
      key: unique,
      secret,
      rsa_public_key: string({ doc: "A key." }),
      algorithm: string({ default: "HS256", doc: "An algorithm." }),
    },
  ),
  credential(
    "oauth2_credentials",
    { endpointKey: "client_id", cacheKey: ["client_id"] },
    {
      name: string({ required: true, doc: "The application." }),
      client_id: unique,
      client_secret: secret,
      hash_secret: boolean({ required: true, default: false, doc: "Hash the secret." }),
      redirect_uris: array(string(), { doc: "Where to go." }),
      client_type: string({ required: true, default: "confidential", doc: "Which kind." }),
    },
  ),
  credential(
    "acls",
    { cacheKey: ["consumer", "group"] },
    { group: string({ required: true, doc: "The group." }) },
  ),
];

export const entities = createEntities({ plugins, pluginEntities: credentials });

/** Ids that count up from 1, a clock that stands still. */
export function countingAuto(nowMs = 1_700_000_000_000): AutoSource {
  let count = 0;
  const next = (): string => String(++count).padStart(12, "0");
  return {
    nowMs: () => nowMs,
    uuid: () => `00000000-0000-4000-9000-${next()}`,
    secret: () => `secret-${next()}`,
  };
}

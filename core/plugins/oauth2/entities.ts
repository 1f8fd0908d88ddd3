import { created, id, labels, owner } from "../../entities/index.ts";
import type { Entity } from "../../entities/index.ts";
import { array, boolean, foreign, integer, record, string } from "../../schema/index.ts";
import { whenReady } from "../../ready.ts";
import { redirectProblem } from "./redirect.ts";
import { hashSecret } from "./secret.ts";

export const oauth2Credentials: Entity = {
  name: "oauth2_credentials",
  primaryKey: "id",
  endpointKey: "client_id",
  cacheKey: ["client_id"],
  workspaceable: true,
  adminName: "oauth2",
  record: record({
    id,
    created_at: created,
    consumer: owner,
    name: string({ required: true, doc: "The application." }),
    client_id: string({
      required: false,
      unique: true,
      auto: true,
      doc: "What the application calls itself; 32 random characters when absent.",
    }),
    client_secret: string({
      required: false,
      auto: true,
      encrypted: true,
      doc: "What a confidential client proves itself by; 32 random characters when absent.",
    }),
    hash_secret: boolean({
      required: true,
      default: false,
      doc: "Keep the secret as a hash (PBKDF2) only.",
    }),
    redirect_uris: array(string({ check: redirectProblem }), {
      required: false,
      doc: "Where users may be sent with a code or token. Only client credentials work without.",
    }),
    tags: labels,
    client_type: string({
      required: true,
      default: "confidential",
      one_of: ["confidential", "public"],
      doc: "Whether the client can keep a secret.",
    }),
  }),
  transformed: ["hash_secret", "client_secret"],
  transform: (row, auto) =>
    row["hash_secret"] === true
      ? whenReady(hashSecret(String(row["client_secret"]), auto.secret(), auto.derive), (client_secret) => ({
          ...row,
          client_secret,
        }))
      : row,
};

const service = foreign("services", {
  default: null,
  on_delete: "cascade",
  doc: "The service that it is good for; null for all with global credentials.",
});
const credential = foreign("oauth2_credentials", {
  required: true,
  on_delete: "cascade",
  doc: "The application that it was given to.",
});
const userId = string({ required: false, doc: "The user that the application acts for." });
const scope = string({ doc: "Scopes, with blanks between them." });

/** Lives for 300 seconds, and until it is used. */
export const oauth2AuthorizationCodes: Entity = {
  name: "oauth2_authorization_codes",
  primaryKey: "id",
  ttl: true,
  workspaceable: true,
  transient: true,
  record: record({
    id,
    created_at: created,
    service,
    credential,
    code: string({ required: false, unique: true, auto: true, doc: "32 random characters when absent." }),
    authenticated_userid: userId,
    scope,
    challenge: string({ required: false, doc: "What the code's owner has to prove (RFC 7636)." }),
    challenge_method: string({ required: false, one_of: ["S256"], doc: "How it was made." }),
    plugin: foreign("plugins", {
      default: null,
      on_delete: "cascade",
      doc: "The plugin that gave the code out.",
    }),
  }),
};

export const oauth2Tokens: Entity = {
  name: "oauth2_tokens",
  primaryKey: "id",
  endpointKey: "access_token",
  cacheKey: ["access_token"],
  ttl: true,
  workspaceable: true,
  adminName: "oauth2_tokens",
  record: record({
    id,
    created_at: created,
    service,
    credential,
    token_type: string({ required: true, one_of: ["bearer"], default: "bearer", doc: "Its only kind." }),
    expires_in: integer({ required: true, doc: "Seconds that it is good for; 0 for ever." }),
    access_token: string({
      required: false,
      unique: true,
      auto: true,
      doc: "32 random characters when absent.",
    }),
    refresh_token: string({ required: false, unique: true, doc: "What it can be renewed with." }),
    authenticated_userid: userId,
    scope,
  }),
};

import { created, id, labels, owner } from "../../entities/index.ts";
import type { Entity } from "../../entities/index.ts";
import { conditional, record, string } from "../../schema/index.ts";
import { algorithmNames } from "./algorithm.ts";

// Shape only: whether the key can be used is found out when it is imported.
const pem = /-----BEGIN [A-Z ]+-----[\s\S]+-----END [A-Z ]+-----/;

const needsKey = (algorithm: string) =>
  conditional({
    if_field: "algorithm",
    if_match: { eq: algorithm },
    then_field: "rsa_public_key",
    then_match: { required: true },
    then_check: (value) => (pem.test(String(value)) ? undefined : "invalid key"),
  });

export const jwtSecrets: Entity = {
  name: "jwt_secrets",
  primaryKey: "id",
  endpointKey: "key",
  cacheKey: ["key"],
  workspaceable: true,
  adminName: "jwts",
  adminNestedName: "jwt",
  record: record(
    {
      id,
      created_at: created,
      consumer: owner,
      key: string({ unique: true, auto: true, doc: "What a token names; 32 random characters when absent." }),
      secret: string({ auto: true, doc: "The secret for HS algorithms; 32 random characters when absent." }),
      rsa_public_key: string({ doc: "The public key in PEM for all other algorithms." }),
      algorithm: string({
        default: "HS256",
        one_of: algorithmNames,
        doc: "The algorithm that tokens have to be signed with.",
      }),
      tags: labels,
    },
    { checks: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA"].map(needsKey) },
  ),
};

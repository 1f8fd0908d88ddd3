import {
  atLeastOneOf,
  customCheck,
  foreign,
  mutuallyExclusive,
  name,
  record,
  string,
} from "../schema/index.ts";
import type { Values } from "../schema/index.ts";
import { isReference } from "../schema/reference.ts";
import { isObject } from "../schema/tree.ts";
import { created, id, labels, updated } from "./columns.ts";
import type { Entity } from "./entity.ts";
import { structuralChecker } from "./pem.ts";
import type { EntityPorts } from "./ports.ts";

export const keySets: Entity = {
  name: "key_sets",
  primaryKey: "id",
  endpointKey: "name",
  workspaceable: true,
  adminName: "key-sets",
  record: record({
    id,
    name: name({ unique: true, doc: "Name of the set." }),
    tags: labels,
    created_at: created,
    updated_at: updated,
  }),
};

/** The members of a JWK; undefined when it is no JSON object. */
function membersOf(jwk: string): Values | undefined {
  try {
    const key: unknown = JSON.parse(jwk);
    return isObject(key) ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The text itself: a reference to a vault can't be judged here. */
const inPlace = (text: string | null): string | undefined =>
  text === null || isReference(text) ? undefined : text;

export function keysOf({ certificates: checker = structuralChecker }: EntityPorts): Entity {
  return {
    name: "keys",
    primaryKey: "id",
    endpointKey: "name",
    cacheKey: ["kid", "set"],
    workspaceable: true,
    adminName: "keys",
    record: record(
      {
        id,
        set: foreign("key_sets", { on_delete: "cascade", doc: "The set that the key belongs to." }),
        name: name({ unique: true, doc: "Name of the key." }),
        kid: string({ required: true, doc: "Id of the key, unique within its set." }),
        jwk: string({ referenceable: true, encrypted: true, doc: "The key as a JWK in JSON text." }),
        pem: record(
          {
            private_key: string({ referenceable: true, encrypted: true, doc: "The private key in PEM." }),
            public_key: string({ referenceable: true, doc: "The public key in PEM." }),
          },
          {
            checks: [atLeastOneOf("private_key", "public_key")],
            check({ private_key, public_key }) {
              const [secret, open] = [inPlace(private_key), inPlace(public_key)];
              return (
                (open && checker.pemProblem(open, "public")) ??
                (secret && checker.pemProblem(secret, "private")) ??
                (secret && open && checker.pemPairProblem(secret, open))
              );
            },
            doc: "The key in PEM.",
          },
        ),
        tags: labels,
        created_at: created,
        updated_at: updated,
      },
      {
        checks: [
          mutuallyExclusive("pem", "jwk"),
          atLeastOneOf("pem", "jwk"),
          customCheck({
            field_sources: ["jwk", "kid"],
            check({ jwk, kid }) {
              if (typeof jwk !== "string" || isReference(jwk)) return undefined;
              const key = membersOf(jwk);
              if (!key) return "could not json decode jwk string";
              if (key["kid"] !== kid) return "kid in jwk.kid must be equal to keys.kid";
              return checker.jwkProblem(jwk);
            },
          }),
        ],
      },
    ),
  };
}

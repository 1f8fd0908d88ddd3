import {
  boolean,
  conditional,
  distinct,
  foreign,
  headerName,
  integer,
  path,
  record,
  string,
} from "../schema/index.ts";
import type { Check, Shorthand, Values } from "../schema/index.ts";
import { hostProblem, splitHostPort } from "../schema/host.ts";
import { ipVersion } from "../schema/address.ts";
import { created, id, labels, updated } from "./columns.ts";
import { healthchecks } from "./healthcheck.ts";
import type { Entity } from "./entity.ts";

const hashKinds = ["none", "consumer", "ip", "header", "cookie", "path", "query_arg", "uri_capture"] as const;

/** When the hash is taken from `kind`, the field that names what exactly has to be set. */
const needs = (if_field: string, kind: string, then_field: string): Check =>
  conditional({ if_field, if_match: { match: `^${kind}$` }, then_field, then_match: { required: true } });

const fallbacks = (kind: string, one_of: readonly string[]): Check =>
  conditional({
    if_field: "hash_on",
    if_match: { match: `^${kind}$` },
    then_field: "hash_fallback",
    then_match: { one_of },
  });

const but = (kind: string): readonly string[] => hashKinds.filter((other) => other !== kind);

const pair = (kind: string): Check[] => [
  needs("hash_on", kind, `hash_on_${kind}`),
  needs("hash_fallback", kind, `hash_fallback_${kind}`),
  distinct(`hash_on_${kind}`, `hash_fallback_${kind}`),
];

const checks: readonly Check[] = [
  needs("hash_on", "header", "hash_on_header"),
  needs("hash_fallback", "header", "hash_fallback_header"),
  needs("hash_on", "cookie", "hash_on_cookie"),
  needs("hash_fallback", "cookie", "hash_on_cookie"),
  fallbacks("none", ["none"]),
  fallbacks("cookie", ["none"]),
  fallbacks("consumer", but("consumer")),
  fallbacks("ip", but("ip")),
  fallbacks("path", but("path")),
  distinct("hash_on_header", "hash_fallback_header"),
  ...pair("query_arg"),
  ...pair("uri_capture"),
];

const unhashed = (algorithm: unknown): boolean =>
  algorithm === "least-connections" || algorithm === "latency";

/** Algorithms that choose by load leave no room for a hash. */
const algorithm: Shorthand = {
  field: string(),
  expand: (value) => (unhashed(value) ? { algorithm: value, hash_on: "none" } : { algorithm: value }),
};

/** The hash decides the algorithm: nobody has to name both. */
const hashOn: Shorthand = {
  field: string(),
  expand(value, given): Values {
    if (unhashed(given["algorithm"])) return {};
    if (value === null || value === "none") return { hash_on: "none", algorithm: "round-robin" };
    return { hash_on: value, algorithm: "consistent-hashing" };
  },
};

const argument = (doc: string) => string({ len_min: 1, doc });

/** A name for many targets; an address names only one. */
function upstreamNameProblem(value: string): string | undefined {
  const parts = splitHostPort(value);
  const bare = parts?.host.startsWith("[") ? parts.host.slice(1, -1) : parts?.host;
  if (bare !== undefined && ipVersion(bare)) return `Invalid name ('${value}'); no ip addresses allowed`;
  if (parts?.port !== undefined) return `Invalid name ('${value}'); no port allowed`;
  return hostProblem(value, false) === undefined
    ? undefined
    : `Invalid name ('${value}'); must be a valid hostname`;
}

export const upstreams: Entity = {
  name: "upstreams",
  primaryKey: "id",
  endpointKey: "name",
  workspaceable: true,
  adminName: "upstreams",
  record: record(
    {
      id,
      created_at: created,
      updated_at: updated,
      name: string({
        required: true,
        unique: true,
        check: upstreamNameProblem,
        doc: "The host name that services use to reach the targets.",
      }),
      algorithm: string({
        default: "round-robin",
        one_of: ["consistent-hashing", "least-connections", "round-robin", "latency"],
        doc: "How a target is chosen.",
      }),
      hash_on: string({ default: "none", one_of: hashKinds, doc: "What is hashed to choose a target." }),
      hash_fallback: string({
        default: "none",
        one_of: hashKinds,
        doc: "What is hashed when `hash_on` finds nothing.",
      }),
      hash_on_header: headerName({ doc: "The header to hash." }),
      hash_fallback_header: headerName({ doc: "The header to hash when `hash_on` finds nothing." }),
      hash_on_cookie: string({
        check: (value) =>
          /^[A-Za-z0-9_-]+$/.test(value)
            ? undefined
            : `bad cookie name '${value}', allowed characters are A-Z, a-z, 0-9, '_', and '-'`,
        doc: "The cookie to hash; it is set when the request has none.",
      }),
      hash_on_cookie_path: path({ default: "/", doc: "Path of the cookie." }),
      hash_on_query_arg: argument("The query parameter to hash."),
      hash_fallback_query_arg: argument("The query parameter to hash when `hash_on` finds nothing."),
      hash_on_uri_capture: argument("The capture of the route's path to hash."),
      hash_fallback_uri_capture: argument("The capture to hash when `hash_on` finds nothing."),
      slots: integer({
        default: 10_000,
        between: [10, 65_536],
        doc: "Places on the ring of the balancer, shared by the targets.",
      }),
      healthchecks: healthchecks,
      tags: labels,
      host_header: string({
        check: (value) => hostProblem(value, false, "invalid hostname"),
        doc: "The Host header sent to targets, instead of the target's own.",
      }),
      client_certificate: foreign("certificates", { doc: "Certificate that the gateway shows to targets." }),
      use_srv_name: boolean({
        default: false,
        doc: "Send the name of the SRV answer as Host, instead of the target's.",
      }),
    },
    { checks, shorthands: { algorithm, hash_on: hashOn } },
  ),
};

import {
  array,
  boolean,
  conditional,
  foreign,
  host,
  integer,
  name,
  path,
  port,
  protocols,
  record,
  string,
  timeout,
  uuid,
} from "../schema/index.ts";
import type { Check, Shorthand, Values } from "../schema/index.ts";
import { splitUrl } from "../schema/url.ts";
import { created, id, labels, updated } from "./columns.ts";
import type { Entity } from "./entity.ts";

const milliseconds = (doc: string) => timeout({ between: [1, 2_147_483_646], default: 60_000, doc });

const onlyWithTls = (then_field: string): Check =>
  conditional({
    if_field: "protocol",
    if_match: { not_one_of: ["https", "tls"] },
    then_field,
    then_match: { eq: null },
  });

/**
 * What a URL says of a service. It overrides the single fields: what it does not say reads null, but the port follows
 * from the scheme (443 for https, else 80). A null is read as the text "null", as in Kong, and so refused.
 */
function partsOf(value: unknown): Values {
  const { scheme, host, port, path } = splitUrl(typeof value === "string" ? value : "null");
  return {
    protocol: scheme ?? null,
    host: host ?? null,
    // A port that is no number stays, to be refused.
    port: port === undefined ? (scheme === "https" ? 443 : 80) : /^\d+$/.test(port) ? Number(port) : port,
    path: path ?? null,
  };
}

const url: Shorthand = { field: string(), expand: partsOf, covers: ["host"] };

export const services: Entity = {
  name: "services",
  primaryKey: "id",
  endpointKey: "name",
  workspaceable: true,
  adminName: "services",
  record: record(
    {
      id,
      created_at: created,
      updated_at: updated,
      name: name({ unique: true, doc: "Name of the service." }),
      retries: integer({ default: 5, between: [0, 32_767], doc: "Further tries after a failed one." }),
      protocol: string({
        required: true,
        default: "http",
        one_of: protocols,
        doc: "What is spoken with the upstream.",
      }),
      host: host({
        required: true,
        doc: "Name or address of the upstream, or the name of an upstream entity.",
      }),
      port: port({ required: true, default: 80, doc: "Port of the upstream." }),
      path: path({ doc: "Path that goes before the request's. Only for http and https." }),
      connect_timeout: milliseconds("Milliseconds until a connection has to stand."),
      write_timeout: milliseconds("Milliseconds between two writes to the upstream."),
      read_timeout: milliseconds("Milliseconds between two reads from the upstream."),
      tags: labels,
      client_certificate: foreign("certificates", {
        doc: "Certificate that the gateway shows to the upstream. Only for https and tls.",
      }),
      tls_verify: boolean({
        doc: "Verify the upstream's certificate; null for the server's default. Only for https and tls.",
      }),
      tls_verify_depth: integer({
        default: null,
        between: [0, 64],
        doc: "Most certificates between the upstream's and a trusted one. Only for https and tls.",
      }),
      ca_certificates: array(uuid(), {
        doc: "Ids of the CA certificates to trust for this upstream. Only for https and tls.",
      }),
      enabled: boolean({
        required: true,
        default: true,
        doc: "A disabled service takes its routes out of the router.",
      }),
    },
    {
      checks: [
        conditional({
          if_field: "protocol",
          if_match: { one_of: ["tcp", "tls", "udp", "grpc", "grpcs"] },
          then_field: "path",
          then_match: { eq: null },
        }),
        onlyWithTls("client_certificate"),
        onlyWithTls("tls_verify"),
        onlyWithTls("tls_verify_depth"),
        onlyWithTls("ca_certificates"),
      ],
      shorthands: { url },
    },
  ),
};

import {
  array,
  atLeastOneOf,
  boolean,
  conditional,
  customCheck,
  foreign,
  headerName,
  httpMethod,
  integer,
  ipOrCidr,
  map,
  name,
  port,
  protocols,
  record,
  set,
  sni,
  string,
  wildcardHost,
} from "../schema/index.ts";
import type { Documented, RecordSpec, Values } from "../schema/index.ts";
import { hostProblem } from "../schema/host.ts";
import { normalizePath } from "../http/path.ts";
import { checkRegex } from "../http/regex.ts";
import { created, id, labels, updated } from "./columns.ts";
import type { Entity, Variant } from "./entity.ts";
import { pcreProblem } from "./pcre.ts";
import type { EntityPorts } from "./ports.ts";
import { familyRecords } from "./route-families.ts";

const endpoint = (what: string) =>
  set(
    record(
      {
        ip: ipOrCidr({ doc: `Address or block of the ${what}.` }),
        port: port({ doc: `Port of the ${what}.` }),
      },
      { checks: [atLeastOneOf("ip", "port")] },
    ),
    { doc: `Where a connection ${what === "client" ? "comes from" : "goes to"}; for stream routes.` },
  );

const beyondAscii = /[^\x20-\x7e]/;
const toBytes = (text: string): string =>
  beyondAscii.test(text) ? String.fromCharCode(...new TextEncoder().encode(text)) : text;
const toText = (bytes: string): string =>
  new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));

/** The rules of one path: plain paths in normal form, `~` before a regular expression. */
const path = string({
  match_any: { patterns: ["^/", "^~/"], err: "should start with: / (fixed path) or ~/ (regex path)" },
  match_none: [{ pattern: "//", err: "must not have empty segments" }],
  check(value) {
    if (value.startsWith("~")) return pcreProblem(value.slice(1));
    const escape = /%(?![0-9A-Fa-f]{2})(.{0,2})/.exec(value);
    if (escape) return `invalid url-encoded value: '%${escape[1]}'`;
    const bytes = toBytes(value);
    const normal = normalizePath(bytes);
    return normal === bytes ? undefined : `non-normalized path, consider use '${toText(normal)}' instead`;
  },
});

const hostPattern = string({
  match_all: [{ pattern: "^[^*]*%*?[^*]*$", err: "invalid wildcard: must have at most one wildcard" }],
  match_any: {
    patterns: ["^%*%.", "%.%*$", "^[^*]*$"],
    err: "invalid wildcard: must be placed at leftmost or rightmost label",
  },
  check: (value) => hostProblem(value, true, "invalid hostname"),
});

const fieldsOf = (ports: EntityPorts) => ({
  id,
  created_at: created,
  updated_at: updated,
  name: name({ unique: true, doc: "Name of the route." }),
  protocols: set(string({ one_of: protocols }), {
    required: true,
    len_min: 1,
    default: ["http", "https"],
    mutually_exclusive_subsets: [
      ["http", "https"],
      ["tcp", "tls", "udp"],
      ["tls_passthrough"],
      ["grpc", "grpcs"],
    ],
    doc: "What a client may speak to be served by the route.",
  }),
  https_redirect_status_code: integer({
    required: true,
    default: 426,
    one_of: [426, 301, 302, 307, 308],
    doc: "Status of the answer when all but the protocol matches.",
  }),
  strip_path: boolean({
    required: true,
    default: true,
    doc: "Remove the part of the path that matched before the request goes upstream.",
  }),
  preserve_host: boolean({
    required: true,
    default: false,
    doc: "Send the client's Host header upstream.",
  }),
  request_buffering: boolean({ required: true, default: true, doc: "Buffer request bodies." }),
  response_buffering: boolean({ required: true, default: true, doc: "Buffer response bodies." }),
  tags: labels,
  service: foreign("services", { doc: "Where matching requests go." }),
  snis: set(ports.routerFlavor === "traditional" ? sni() : wildcardHost(), {
    doc: "Server names of TLS connections that match.",
  }),
  sources: endpoint("client"),
  destinations: endpoint("gateway"),
  methods: set(httpMethod(), { doc: "Methods that match." }),
  hosts: array(hostPattern, { doc: "Host names that match; the first or last label may be *." }),
  paths: array(path, {
    doc: "Path prefixes that match, or regular expressions after a ~. They are tried longest first.",
  }),
  headers: map(
    headerName({
      match_none: [
        {
          pattern: "^[Hh][Oo][Ss][Tt]$",
          err: "cannot contain 'host' header, which must be specified in the 'hosts' attribute",
        },
      ],
    }),
    array(string()),
    { doc: "Header values that match, by header name." },
  ),
  regex_priority: integer({
    default: 0,
    doc: "Of several regular expressions that match, the one with the greatest priority wins.",
  }),
  path_handling: string({
    default: "v0",
    one_of: ["v0", "v1"],
    doc: "How service path, route path and request path are joined.",
  }),
});

const expressionFields = {
  expression: string({ doc: "When a request matches, in the router's expression language." }),
  priority: integer({
    required: true,
    default: 0,
    between: [0, 2 ** 46 - 1],
    doc: "Of several expressions that match, the one with the greatest priority wins.",
  }),
};

/** What the router reads of a route. */
const routerSources = [
  "id",
  "protocols",
  "snis",
  "sources",
  "destinations",
  "methods",
  "hosts",
  "paths",
  "headers",
  "expression",
  "regex_priority",
  "priority",
];

export function routesOf(ports: EntityPorts): Entity {
  const withExpressions = ports.routerFlavor === "expressions";
  const fields: Record<string, Documented> = { ...fieldsOf(ports), ...(withExpressions && expressionFields) };
  const schema = record(fields, {
    checks: [
      conditional({
        if_field: "protocols",
        if_match: { elements: { type: "string", not_one_of: ["grpcs", "https", "tls", "tls_passthrough"] } },
        then_field: "snis",
        then_match: { len_eq: 0 },
        then_err: "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'",
      }),
      customCheck({ field_sources: ["path_handling"], check: () => undefined }),
      customCheck({
        field_sources: routerSources,
        run_with_missing_fields: true,
        check: (row) => (withExpressions ? exclusiveMatchers(row) : undefined) ?? routerProblem(row, ports),
      }),
    ],
  });
  const families = familyRecords(schema.record, withExpressions);
  return {
    name: "routes",
    primaryKey: "id",
    endpointKey: "name",
    workspaceable: true,
    adminName: "routes",
    record: schema,
    variant: (given) => variantOf(given, families),
  };
}

function variantOf(given: Values, families: ReadonlyMap<string, RecordSpec>): Variant {
  const value = given["protocols"];
  if (value === undefined) return { record: families.get("http")! };
  if (value === null) return { errors: { protocols: "required field missing" } };
  const first: unknown = Array.isArray(value) ? value[0] : typeof value === "object" ? undefined : value;
  const family = typeof first === "string" ? families.get(first) : undefined;
  if (family) return { record: family };
  const told = typeof first === "string" ? first : first === undefined ? "nil" : JSON.stringify(first);
  return { errors: { protocols: `unknown type: ${told}` } };
}

function exclusiveMatchers(row: Values): string | undefined {
  if (row["expression"] === null) return undefined;
  const set = ["methods", "hosts", "paths", "headers", "snis", "sources", "destinations"].filter(
    (field) => row[field] !== null,
  );
  return set.length
    ? `Router Expression failed validation: cannot set 'expression' with ${set.map((field) => `'${field}'`).join(", ")}`
    : undefined;
}

/** What the router can't run: a wrong expression, a regular expression with look-around or back-references. */
function routerProblem(row: Values, { expressionProblem }: EntityPorts): string | undefined {
  const { expression } = row;
  if (typeof expression === "string") {
    const problem = expressionProblem?.(expression);
    return problem && `Router Expression failed validation: ${problem}`;
  }
  const paths = row["paths"];
  if (!Array.isArray(paths)) return undefined;
  for (const written of paths as readonly string[]) {
    const problem = written.startsWith("~") ? checkRegex(written.slice(1)) : undefined;
    if (problem !== undefined) return `Router Expression failed validation: ${written.slice(1)}: ${problem}`;
  }
  return undefined;
}

import { array, boolean, integer, number, record, set, string } from "./build.ts";
import type { Custom, Field } from "./field.ts";
import { cidrOf, ipVersion } from "./address.ts";
import { hostProblem, splitHostPort } from "./host.ts";
import { splitUrl } from "./url.ts";
import type { Made, NumberOptions, StringOptions } from "./build.ts";

type Doc = string | undefined;

/** A builder of strings that bring some rules along. */
const text =
  (rules: StringOptions) =>
  <
    const L extends string = string,
    const R extends boolean = false,
    const A extends boolean = false,
    D extends Doc = undefined,
  >(
    options?: StringOptions<L, R, A, D>,
  ): Made<L, R, A, D> =>
    string({ ...rules, ...(options as object) }) as Made<L, R, A, D>;

/** The same for numbers. */
const numeric =
  (make: typeof integer, rules: NumberOptions) =>
  <
    const L extends number = number,
    const R extends boolean = false,
    const A extends boolean = false,
    D extends Doc = undefined,
  >(
    options?: NumberOptions<L, R, A, D>,
  ): Made<L, R, A, D> =>
    make({ ...rules, ...(options as object) }) as Made<L, R, A, D>;

const when = (fine: boolean, message: string): string | undefined => (fine ? undefined : message);

const noPort: Custom<string> = (value) => {
  const problem = hostProblem(value, false);
  if (problem !== undefined) return problem;
  return when(splitHostPort(value)?.port === undefined, "must not have a port");
};

/** A host name or address, without a port. */
export const host = text({ check: noPort });

/** A port, 0 to 65535. */
export const port = numeric(integer, { between: [0, 65_535] });

/** Milliseconds, 0 to 2^31 - 2. */
export const timeout = numeric(integer, { between: [0, 2_147_483_646] });

/** Seconds, 0 to 10^8. */
export const ttl = numeric(number, { between: [0, 100_000_000] });

/** An absolute URL with scheme and host. */
export const url = text({
  check(value) {
    const { scheme, host } = splitUrl(value);
    if (host === undefined) return "missing host in url";
    return scheme === undefined ? "missing scheme in url" : undefined;
  },
});

/** What RFC 3986 allows in a path; a percent sign needs two hex digits behind it. */
const pathChars = /^[A-Za-z0-9\-._~%:@!$&'()*+,;=/]*$/;

export function pathProblem(value: string): string | undefined {
  if (!pathChars.test(value))
    return `invalid path: '${value}' (characters outside of the reserved list of RFC 3986 found)`;
  const bad = /%(?![0-9A-Fa-f]{2})(.{0,2})/.exec(value);
  return bad ? `invalid url-encoded value: '%${bad[1]}'` : undefined;
}

/** An absolute path without empty segments, percent-encoded where it must be. */
export const path = text({
  starts_with: "/",
  match_none: [{ pattern: "//", err: "must not have empty segments" }],
  check: pathProblem,
});

const headerNameProblem: Custom<string> = (value) =>
  when(
    /^[A-Za-z0-9_-]+$/.test(value),
    `bad header name '${value}', allowed characters are A-Z, a-z, 0-9, '_', and '-'`,
  );

/** The name of a header field. */
export const headerName = text({ check: headerNameProblem });

/** An HTTP method in capitals. */
export const httpMethod = text({ match: "^%u+$" });

/** An IP address. */
export const ip = text({ check: (value) => when(ipVersion(value) !== 0, `not an ip address: ${value}`) });

/** An IP address or a block in CIDR notation. */
export const ipOrCidr = text({
  check: (value) =>
    when(ipVersion(value) !== 0 || cidrOf(value) !== undefined, `invalid ip or cidr range: '${value}'`),
});

const noAddress = (value: string, allowWildcard: boolean): string | undefined => {
  const bare = value.endsWith(".") ? value.slice(0, -1) : value;
  if (ipVersion(bare)) return "must not be an IP";
  const problem = hostProblem(bare, allowWildcard);
  if (problem !== undefined) return problem.replace(bare, () => value);
  const parts = splitHostPort(bare)!;
  if (parts.host.startsWith("[")) return "must not be an IP";
  return when(parts.port === undefined, "must not have a port");
};

/** A server name as TLS sends it: no address, no port. */
export const sni = text({ check: (value) => noAddress(value, false) });

/** A server name that may begin or end with a `*` label. */
export const wildcardHost = text({
  check(value) {
    const stars = value.split("*").length - 1;
    if (stars > 1) return "only one wildcard must be specified";
    if (stars === 1 && !/^\*\.|\.\*$/.test(value)) return "wildcard must be leftmost or rightmost character";
    return noAddress(value, true);
  },
});

/** Letters, digits and `.`, `-`, `_`, `~`; characters beyond ASCII too. */
export const name = text({
  check: (value) =>
    when(
      // eslint-disable-next-line no-control-regex
      /^(?:[A-Za-z0-9._~-]|[^\x00-\x7f])+$/.test(value),
      `invalid value '${value}': the only accepted ascii characters are alphanumerics or ., -, _, and ~`,
    ),
});

/** A UUID. */
export const uuid = text({ uuid: true });

/** A primary key: a UUID, made when absent. */
export const uuidAuto = <D extends Doc = undefined>(
  options?: StringOptions<string, boolean, boolean, D>,
): Made<string, true, true, D> =>
  string({ uuid: true, auto: true, ...options }) as Made<string, true, true, D>;

const tagProblem: Custom<string> = (value) => {
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x1f\x7f]/.test(value) || /[,/]/.test(value))
    return `invalid tag '${value}': expected printable ascii (except \`,\` and \`/\`) or valid utf-8 sequences`;
  return undefined;
};

/** Labels to find rows by. */
export const tags = (options: { readonly doc: string }): Field<string[] | null, string> =>
  set(string({ check: tagProblem }), { doc: options.doc });

/** Seconds since the Unix epoch, set when a row is made. */
export const timestamp = <D extends Doc = undefined>(
  options?: NumberOptions<number, boolean, boolean, D>,
): Made<number, true, true, D> =>
  integer({ timestamp: true, auto: true, ...options }) as Made<number, true, true, D>;

/** The same with milliseconds as a fraction. */
export const timestampMs = <D extends Doc = undefined>(
  options?: NumberOptions<number, boolean, boolean, D>,
): Made<number, true, true, D> =>
  number({ timestamp: true, auto: true, ...options }) as Made<number, true, true, D>;

export const protocols = ["grpc", "grpcs", "http", "https", "tcp", "tls", "tls_passthrough", "udp"] as const;
export type Protocol = (typeof protocols)[number];

/** How to reach a Redis server, field by field. */
export const redisFields = {
  host: host({ doc: "Host name or address of the Redis server." }),
  port: port({ default: 6379, doc: "Port of the Redis server." }),
  timeout: timeout({ default: 2000, doc: "Milliseconds to wait for a connection or an answer." }),
  username: string({ referenceable: true, doc: "User of Redis 6 ACLs; absent for the default user." }),
  password: string({
    referenceable: true,
    encrypted: true,
    doc: "Password; absent for no authentication.",
  }),
  database: integer({ default: 0, doc: "Number of the database." }),
  ssl: boolean({ required: false, default: false, doc: "Speak TLS to the server." }),
  ssl_verify: boolean({ required: false, default: false, doc: "Verify the server's certificate." }),
  server_name: sni({ required: false, doc: "Server name to send and to verify in TLS." }),
};

/** The same as one record. */
export const redis = <const D extends string>(doc: D) => record(redisFields, { required: true, doc });

/** How a plugin that delivers records queues them. */
export const queue = <const D extends string>(doc: D, byDefault: Readonly<Record<string, unknown>> = {}) =>
  record(
    {
      max_batch_size: integer({
        default: 1,
        between: [1, 1_000_000],
        doc: "Most entries delivered at once.",
      }),
      max_coalescing_delay: number({
        default: 1,
        between: [0, 3600],
        doc: "Seconds to wait for more entries before a batch is delivered.",
      }),
      max_entries: integer({
        default: 10_000,
        between: [1, 1_000_000],
        doc: "Most entries waiting; beyond it the oldest are dropped.",
      }),
      max_bytes: integer({ doc: "Most bytes waiting; beyond it the oldest are dropped." }),
      max_retry_time: number({
        default: 60,
        doc: "Seconds to try a batch before it is dropped; -1 for no limit.",
      }),
      initial_retry_delay: number({
        default: 0.01,
        between: [0.001, 1_000_000],
        doc: "Seconds before the first retry; it doubles with each one.",
      }),
      max_retry_delay: number({
        default: 60,
        between: [0.001, 1_000_000],
        doc: "Most seconds between two retries.",
      }),
      concurrency_limit: integer({
        default: 1,
        one_of: [-1, 1],
        doc: "Deliveries at the same time: 1, or -1 for each entry at once without batching.",
      }),
    },
    { required: true, default: byDefault, doc },
  );

/** A list of header names, the most common list of all. */
export const headerNames = <const D extends string>(doc: D) => array(headerName(), { doc });

import type { Row, Tables } from "../../core/index.ts";

/** Something that a platform of fetch, as Workers are, does otherwise than a configuration wants. */
export interface PlatformProblem {
  /** `refused`: it can't be done there, and requests that need it are answered with 502. `ignored`: it is served without that. */
  readonly kind: "refused" | "ignored";
  /** The row's. */
  readonly id: string;
  /** e.g. `route tea` */
  readonly where: string;
  readonly what: string;
}

type Told = [kind: PlatformProblem["kind"], what: string];

const noHttp2 = "fetch speaks no HTTP/2 to upstreams";

/** What is asked of TLS to an upstream; what nobody asked for is undefined. */
interface TlsTerms {
  readonly certificate: unknown;
  readonly verify: boolean | undefined;
  readonly verifyDepth: unknown;
  readonly roots: unknown;
}

/** What the platform can't do of TLS. A wish that it would not follow would leave another kind of trust than is meant. */
export const tlsLimit = ({ certificate, verify, verifyDepth, roots }: TlsTerms): string | undefined => {
  if (certificate) return "client_certificate: Workers show upstreams no certificate";
  const isOtherwise = verify === false || Boolean(roots) || typeof verifyDepth === "number";
  return isOtherwise
    ? "tls_verify false, tls_verify_depth, ca_certificates: the platform verifies by its own list"
    : undefined;
};

/** Addresses that the platform does not connect to. @see RFC 1918, RFC 6890 */
const isPrivate = (host: string): boolean =>
  /^(?:10\.|127\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|\[?::1\]?$|\[?f[cd][0-9a-f]{2}:|localhost$)/i.test(
    host,
  );

const streamProtocols = new Set(["tcp", "udp", "tls", "tls_passthrough"]);
const grpcProtocols = new Set(["grpc", "grpcs"]);

const ofRoute = (route: Row): Told[] => {
  const protocols = (route["protocols"] ?? []) as string[];
  const found: Told[] = [];
  if (protocols.some((protocol) => streamProtocols.has(protocol)))
    found.push(["refused", `protocols ${protocols.join(", ")}: a Worker has no stream listeners`]);
  if (protocols.some((protocol) => grpcProtocols.has(protocol)))
    found.push(["refused", `protocols ${protocols.join(", ")}: ${noHttp2}`]);
  if (route["destinations"]) found.push(["ignored", "destinations: the platform does not tell them"]);
  return found;
};

const ofService = (service: Row): Told[] => {
  const found: Told[] = [];
  const protocol = String(service["protocol"]);
  if (streamProtocols.has(protocol) || grpcProtocols.has(protocol))
    found.push(["refused", `protocol ${protocol}: fetch speaks HTTP/1.1`]);
  const limit = tlsLimit({
    certificate: service["client_certificate"],
    verify: (service["tls_verify"] as boolean | null | undefined) ?? undefined,
    verifyDepth: service["tls_verify_depth"],
    roots: service["ca_certificates"],
  });
  if (limit !== undefined) found.push(["refused", limit]);
  if (isPrivate(String(service["host"])))
    found.push(["refused", `host ${String(service["host"])}: the platform connects to no private address`]);
  return found;
};

interface ActiveChecks {
  readonly type?: string;
  readonly https_verify_certificate?: boolean;
  readonly healthy?: { readonly interval?: number };
  readonly unhealthy?: { readonly interval?: number };
}

const ofUpstream = (upstream: Row): Told[] => {
  const found: Told[] = [];
  if (upstream["client_certificate"])
    found.push(["refused", "client_certificate: Workers show upstreams no certificate"]);
  const checks = upstream["healthchecks"] as { readonly active?: ActiveChecks } | undefined;
  const { type, https_verify_certificate, healthy, unhealthy } = checks?.active ?? {};
  if ((healthy?.interval ?? 0) <= 0 && (unhealthy?.interval ?? 0) <= 0) return found;
  if (type?.startsWith("grpc")) found.push(["refused", `healthchecks.active.type ${type}: no HTTP/2`]);
  if (type === "https" && https_verify_certificate === false)
    found.push(["ignored", "healthchecks.active.https_verify_certificate: the platform verifies"]);
  return found;
};

const ofTarget = (target: Row): Told[] => {
  const address = String(target["target"]);
  const host = address.slice(0, address.lastIndexOf(":"));
  return isPrivate(host) ? [["refused", "the platform connects to no private address"]] : [];
};

const ofSni = (): Told[] => [["ignored", "the platform shows its own certificates"]];

const judges: readonly (readonly [table: string, title: string, judge: (row: Row) => Told[]])[] = [
  ["routes", "route", ofRoute],
  ["services", "service", ofService],
  ["upstreams", "upstream", ofUpstream],
  ["targets", "target", ofTarget],
  ["snis", "sni", ofSni],
];

/** The name by which an operator knows a row. */
export const nameOf = ({ id, name, target }: Row): string => {
  for (const text of [name, target]) if (typeof text === "string" && text !== "") return text;
  return id;
};

/** Everything of a configuration, but for its plugins, that the platform refuses or does without. */
export const platformProblems = (tables: Tables): PlatformProblem[] =>
  judges.flatMap(([table, title, judge]) =>
    Object.values(tables[table] ?? {}).flatMap((row) =>
      judge(row).map(([kind, what]) => ({ kind, id: row.id, where: `${title} ${nameOf(row)}`, what })),
    ),
  );

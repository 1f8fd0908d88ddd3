import type { ServiceRow } from "../entities/rows.ts";
import type { Row } from "../ports/directory.ts";
import type { Transport, UpstreamTls } from "../ports/transport.ts";

const isSecure = (protocol: string): boolean =>
  protocol === "https" || protocol === "grpcs" || protocol === "tls";

type ClientCertificate = NonNullable<UpstreamTls["certificate"]>;

/** A certificate entity as it is shown to an upstream. */
export const certificateOf = (row: Row | undefined): UpstreamTls["certificate"] =>
  row === undefined ? undefined : { chain: String(row["cert"]), key: String(row["key"]) };

/** How to speak TLS to a service; undefined when it is spoken to in plain text. */
const serviceTls = (
  service: ServiceRow,
  find: (entity: string, id: string) => Row | undefined,
): UpstreamTls | undefined => {
  if (!isSecure(service.protocol)) return undefined;
  const roots = service.ca_certificates?.flatMap((id) => {
    const row = find("ca_certificates", id);
    return row === undefined ? [] : [String(row["cert"])];
  });
  return {
    serverName: service.host,
    verify: service.tls_verify ?? undefined,
    verifyDepth: service.tls_verify_depth ?? undefined,
    roots,
    certificate: service.client_certificate
      ? certificateOf(find("certificates", service.client_certificate.id))
      : undefined,
  };
};

/** On which terms a service is spoken to. */
export interface ServiceTerms {
  /** Undefined for plain text. */
  readonly tls: UpstreamTls | undefined;
  /** Why the platform can't do that; undefined when it can. */
  readonly limit: string | undefined;
}

/** For routes without a service. */
export const noTerms: ServiceTerms = { tls: undefined, limit: undefined };

/**
 * What a service asks of TLS and of HTTP, judged by what sends to it.
 *
 * @param find Looks up certificates that are part of the configuration.
 */
export const serviceTerms = (
  service: ServiceRow,
  find: (entity: string, id: string) => Row | undefined,
  transport: Pick<Transport, "hasHttp2" | "tlsLimit">,
): ServiceTerms => {
  const tls = serviceTls(service, find);
  const isGrpc = service.protocol === "grpc" || service.protocol === "grpcs";
  if (isGrpc && !transport.hasHttp2) return { tls, limit: "HTTP/2 can't be spoken to upstreams here" };
  return { tls, limit: tls && transport.tlsLimit?.(tls) };
};

const maxNames = 1000;
const named = new WeakMap<UpstreamTls, Map<string, UpstreamTls>>();

/** The same terms under another name. Equal names give the same object: connections are pooled by it. */
export const withServerName = (tls: UpstreamTls, serverName: string): UpstreamTls => {
  if (tls.serverName === serverName) return tls;
  let names = named.get(tls);
  if (names === undefined) named.set(tls, (names = new Map()));
  let other = names.get(serverName);
  if (other === undefined) {
    // Clients choose the name where a route preserves their Host: what is kept has to end somewhere.
    if (names.size >= maxNames) names.clear();
    other = { ...tls, serverName };
    names.set(serverName, other);
  }
  return other;
};

const certified = new WeakMap<ClientCertificate, WeakMap<UpstreamTls, UpstreamTls>>();

/** The same terms with a client certificate, unless they have one. Equal arguments give the same object. */
export const withCertificate = (tls: UpstreamTls, certificate: ClientCertificate): UpstreamTls => {
  if (tls.certificate !== undefined) return tls;
  let known = certified.get(certificate);
  if (known === undefined) certified.set(certificate, (known = new WeakMap()));
  let other = known.get(tls);
  if (other === undefined) known.set(tls, (other = { ...tls, certificate }));
  return other;
};

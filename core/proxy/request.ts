import { fieldKinds } from "../http/fieldkind.ts";
import { hasToken, listedByConnection } from "../http/hopbyhop.ts";
import type { Exchange, UpstreamTarget } from "../pdk/exchange.ts";
import type { Peer } from "./balancer.ts";
import { forwarded, type IsTrusted } from "./forwarded.ts";

// What the gateway sets itself, or what concerns the client's connection only.
const kindOf = fieldKinds({
  "x-real-ip": "own",
  "x-forwarded-for": "own",
  "x-forwarded-proto": "own",
  "x-forwarded-host": "own",
  "x-forwarded-port": "own",
  "x-forwarded-path": "own",
  "x-forwarded-prefix": "own",
  "x-kong-request-id": "own",
  host: "own",
  via: "via",
  connection: "connection",
  te: "te",
  "keep-alive": "hop",
  "proxy-connection": "hop",
  "transfer-encoding": "hop",
  "content-length": "hop",
  upgrade: "hop",
  proxy: "hop",
  expect: "hop",
});

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443, grpc: 80, grpcs: 443 };

const writeHost = (scheme: string, host: string, port: number): string => {
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return port === defaultPorts[scheme] ? name : `${name}:${port}`;
};

const maxHosts = 1000;
const hosts = new Map<string, { scheme: string; port: number; text: string }>();

/** The Host that a target is asked for: its port only when it is not the scheme's own. The last of each name is kept. */
export const hostOf = (scheme: string, host: string, port: number): string => {
  const known = hosts.get(host);
  if (known !== undefined && known.port === port && known.scheme === scheme) return known.text;
  const text = writeHost(scheme, host, port);
  if (hosts.size >= maxHosts) hosts.clear();
  hosts.set(host, { scheme, port, text });
  return text;
};

/** The Host of a try: a plugin's, the client's where the route preserves it, else the peer's. */
export const hostFor = (
  { route, request }: Exchange,
  target: UpstreamTarget,
  peer: Pick<Peer, "host"> & { readonly address: { readonly port: number } },
): string =>
  target.hostHeader ??
  (route?.preserve_host === true ? request.host : undefined) ??
  hostOf(target.scheme, peer.host, peer.address.port);

/** Takes out what Connection lists. @param from Where the client's fields begin. */
const dropListed = (out: string[], from: number, listed: ReadonlySet<string>): void => {
  let kept = from;
  for (let i = from; i < out.length; i += 2) {
    if (listed.has(out[i]!.toLowerCase())) continue;
    out[kept++] = out[i]!;
    out[kept++] = out[i + 1]!;
  }
  out.length = kept;
};

/** The gateway's part of Via, for the version that the client spoke. */
export type ViaTexts = Readonly<Record<"1.0" | "1.1" | "2", string>>;

/** @param token `sallyport/<version>` */
export const viaTexts = (token: string): ViaTexts => ({
  "1.0": `1 ${token}`,
  "1.1": `1.1 ${token}`,
  "2": `2 ${token}`,
});

/** What an operator decides about the fields that go upstream. */
export interface UpstreamFields {
  readonly via: ViaTexts;
  readonly isTrusted: IsTrusted;
  readonly portMap: ReadonlyMap<number, number>;
  readonly tellsRequestId: boolean;
}

/**
 * The fields that go upstream: the client's as plugins left them, less those of its connection, with the
 * gateway's own.
 */
export const upstreamHeaders = (
  exchange: Exchange,
  host: string,
  { via, isTrusted, portMap, tellsRequestId }: UpstreamFields,
): string[] => {
  const { request } = exchange;
  const told = forwarded(request, exchange.prefix, isTrusted, portMap);
  const own = via[request.httpVersion];
  const out = [
    "Host",
    host,
    "X-Real-IP",
    told.realIp,
    "X-Forwarded-For",
    told.for,
    "X-Forwarded-Proto",
    told.proto,
    "X-Forwarded-Host",
    told.host,
    "X-Forwarded-Port",
    told.port,
    "X-Forwarded-Path",
    told.path,
    "Via",
    own,
  ];
  const viaAt = out.length - 1;
  if (tellsRequestId) out.push("X-Kong-Request-Id", exchange.id);
  if (told.prefix !== undefined) out.push("X-Forwarded-Prefix", told.prefix);
  const from = out.length;
  let listed: Set<string> | undefined;
  let acceptsTrailers = false;
  const { flat } = request.headers;
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!;
    const value = flat[i + 1]!;
    switch (kindOf(name)) {
      case undefined:
        out.push(name, value);
        break;
      case "via":
        out[viaAt] = out[viaAt] === own ? `${value}, ${own}` : out[viaAt]!;
        break;
      case "connection":
        listed ??= listedByConnection(value);
        break;
      case "te":
        acceptsTrailers ||= hasToken(value, "trailers");
        break;
    }
  }
  if (listed !== undefined) dropListed(out, from, listed);
  if (acceptsTrailers) out.push("TE", "trailers");
  return out;
};

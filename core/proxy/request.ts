import { hasToken, listedByConnection } from "../http/hopbyhop.ts";
import type { Exchange, UpstreamTarget } from "../pdk/exchange.ts";
import type { Peer } from "./balancer.ts";
import { forwarded, forwardedNames, type IsTrusted } from "./forwarded.ts";

// What the gateway sets itself, or what concerns the client's connection only.
const dropped = [
  ...forwardedNames,
  "host",
  "via",
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "content-length",
  "upgrade",
  "te",
  "proxy",
  "expect",
  "x-kong-request-id",
];

// By length first: most names of a request are rejected without being lower-cased.
const droppedByLength: (string[] | undefined)[] = [];
for (const name of dropped) (droppedByLength[name.length] ??= []).push(name);

const isDropped = (name: string): boolean => {
  const candidates = droppedByLength[name.length];
  return candidates !== undefined && candidates.includes(name.toLowerCase());
};

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443, grpc: 80, grpcs: 443 };

/** The Host that a target is asked for: its port only when it is not the scheme's own. */
export const hostOf = (scheme: string, host: string, port: number): string => {
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return port === defaultPorts[scheme] ? name : `${name}:${port}`;
};

/** The Host of a try: a plugin's, the client's where the route preserves it, else the peer's. */
export const hostFor = ({ route, request }: Exchange, target: UpstreamTarget, peer: Peer): string =>
  target.hostHeader ??
  (route?.preserve_host === true ? request.host : undefined) ??
  hostOf(target.scheme, peer.host, peer.address.port);

/**
 * The fields that go upstream: the client's as plugins left them, less those of its connection, with the
 * gateway's own.
 *
 * @param via `sallyport/<version>`
 */
export const upstreamHeaders = (
  exchange: Exchange,
  host: string,
  via: string,
  isTrusted: IsTrusted,
): string[] => {
  const { request } = exchange;
  const { headers } = request;
  const connection = headers.get("connection");
  const listed = connection === undefined ? undefined : listedByConnection(connection);
  const told = forwarded(request, exchange.prefix, isTrusted);
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
  ];
  if (told.prefix !== undefined) out.push("X-Forwarded-Prefix", told.prefix);
  const version = request.httpVersion === "1.0" ? "1" : request.httpVersion;
  const before = headers.get("via");
  out.push("Via", before === undefined ? `${version} ${via}` : `${before}, ${version} ${via}`);
  out.push("X-Kong-Request-Id", exchange.id);
  const { flat } = headers;
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!;
    if (isDropped(name)) continue;
    if (listed !== undefined && listed.has(name.toLowerCase())) continue;
    out.push(name, flat[i + 1]!);
  }
  const te = headers.get("te");
  if (te !== undefined && hasToken(te, "trailers")) out.push("TE", "trailers");
  return out;
};

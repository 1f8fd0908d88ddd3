import { type ClientRequest, hostName } from "../pdk/request.ts";

/** Tells whether a connecting peer may speak for others (`trusted_ips`). */
export type IsTrusted = (address: string) => boolean;

/** What the gateway tells the upstream about the client's request. */
export interface Forwarded {
  readonly for: string;
  readonly proto: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly prefix: string | undefined;
  readonly realIp: string;
}

/** The scheme that the client used, as far as the peer may tell. */
export const forwardedProto = (request: ClientRequest, isTrusted: IsTrusted): string =>
  (isTrusted(request.connection.peerAddress) ? request.headers.get("x-forwarded-proto") : undefined) ??
  request.scheme;

/**
 * X-Forwarded-For grows by the peer whoever it is; the others are the gateway's own unless the peer is trusted.
 *
 * @param prefix What the route strips from the path.
 */
export const forwarded = (
  request: ClientRequest,
  prefix: string | undefined,
  isTrusted: IsTrusted,
  portMap: ReadonlyMap<number, number>,
): Forwarded => {
  const { headers, host, connection, localPort } = request;
  const { peerAddress } = connection;
  const chain = headers.get("x-forwarded-for");
  const own = {
    for: chain === undefined ? peerAddress : `${chain}, ${peerAddress}`,
    proto: request.scheme as string,
    // The name that an HTTP/1.0 client without Host sees at Kong.
    host: host === undefined ? "kong" : hostName(host),
    port: String(portMap.get(localPort) ?? localPort),
    path: request.rawPath,
    prefix: prefix === "/" ? undefined : prefix,
    realIp: request.peerAddress,
  };
  if (!isTrusted(peerAddress)) return own;
  return {
    for: own.for,
    proto: headers.get("x-forwarded-proto") ?? own.proto,
    host: headers.get("x-forwarded-host") ?? own.host,
    port: headers.get("x-forwarded-port") ?? own.port,
    path: headers.get("x-forwarded-path") ?? own.path,
    prefix: headers.get("x-forwarded-prefix") ?? own.prefix,
    realIp: own.realIp,
  };
};

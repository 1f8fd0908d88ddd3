import type {
  Transport,
  UpstreamAddress,
  UpstreamCall,
  UpstreamListener,
  UpstreamRequest,
  UpstreamTls,
} from "../../../core/index.ts";

const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

const defaultPort = ({ tls }: UpstreamAddress): number => (tls === undefined ? 80 : 443);

/** What fetch sends as Host to an address. */
const derivedHost = (address: UpstreamAddress): string => {
  const { host, port } = address;
  const name = host.includes(":") ? `[${host}]` : host;
  return port === defaultPort(address) ? name : `${name}:${port}`;
};

const hostIn = (headers: readonly string[]): string | undefined => {
  const at = headers.findIndex(
    (text, i) => i % 2 === 0 && text.length === 4 && text.toLowerCase() === "host",
  );
  return at < 0 ? undefined : headers[at + 1];
};

/** Loopback is for development: fetch reaches it there, and nothing does elsewhere. */
const isForeignAddress = (host: string): boolean =>
  (ipv4.test(host) && !host.startsWith("127.")) || (host.includes(":") && host !== "::1");

/**
 * Sends by fetch what fetch sends as it is meant, and the rest by sockets: another Host than the address has, a GET with
 * a body, and addresses in place of names, which the platform's fetch refuses. A WebSocket goes by fetch in any case: only that can
 * hand it to the client.
 */
export class EdgeTransport implements Transport {
  readonly canSetHost = true;
  readonly keepsOwnNames = true;
  readonly hasHttp2 = false;
  private readonly fetching: Transport;
  private readonly sockets: Transport;

  constructor(fetching: Transport, sockets: Transport) {
    this.fetching = fetching;
    this.sockets = sockets;
  }

  /** Of both: what the platform does of TLS is the same. */
  tlsLimit(tls: UpstreamTls): string | undefined {
    return this.fetching.tlsLimit?.(tls);
  }

  send(address: UpstreamAddress, request: UpstreamRequest, listener: UpstreamListener): UpstreamCall {
    return this.way(address, request).send(address, request, listener);
  }

  private way(address: UpstreamAddress, { upgrade, headers, method, body }: UpstreamRequest): Transport {
    if (upgrade !== undefined) return this.fetching;
    if (isForeignAddress(address.host)) return this.sockets;
    // fetch refuses it before it asks anybody.
    if (body !== undefined && (method === "GET" || method === "HEAD")) return this.sockets;
    const host = hostIn(headers);
    const isDerived = host === undefined || host.toLowerCase() === derivedHost(address).toLowerCase();
    return isDerived ? this.fetching : this.sockets;
  }

  close(): void {
    this.fetching.close();
    this.sockets.close();
  }
}

import type { TlsFacts, Tunnel } from "../core/index.ts";
import { addFields, type FetchPlatform, fieldOf, type ServePlatform } from "../adapters/web/index.ts";

/** An upstream WebSocket that the runtime can hand to the client. */
class SocketTunnel implements Tunnel {
  readonly socket: WebSocket;

  constructor(socket: WebSocket) {
    this.socket = socket;
  }

  close(): void {
    this.socket.close();
  }
}

/** A pipe that declares the length of what goes through it. */
export const fixedLength = (lengthBytes: number): TransformStream<Uint8Array, Uint8Array> =>
  new FixedLengthStream(lengthBytes);

/** workerd's fetch: bodies pass as they are, compressed or not. */
export const cloudflareFetch: FetchPlatform = {
  fetch: (url, init) => fetch(url, init),
  init: { encodeResponseBody: "manual" },
  fieldValues: "text",
  fixedLength,
  tunnel: (response) => (response.webSocket === null ? undefined : new SocketTunnel(response.webSocket)),
};

/** What the platform says of a client's TLS: making `cf` costs, few ask. */
class EdgeTls implements TlsFacts {
  private readonly request: Request;
  readonly serverName: string;

  constructor(request: Request, serverName: string) {
    this.request = request;
    this.serverName = serverName;
  }

  get version(): string {
    return this.fact("tlsVersion");
  }

  get cipher(): string {
    return this.fact("tlsCipher");
  }

  private fact(name: "tlsVersion" | "tlsCipher"): string {
    const value = this.request.cf?.[name];
    return typeof value === "string" ? value : "";
  }
}

interface Listener {
  readonly origin: string;
  readonly address: string;
  readonly port: number;
  readonly isSecure: boolean;
}

const listenerOf = (origin: string): Listener => {
  const { protocol, hostname, port } = new URL(origin);
  const isSecure = protocol === "https:";
  return { origin, address: hostname, port: Number(port) || (isSecure ? 443 : 80), isSecure };
};

/** Requests of one Worker come by few names: the last one is kept. */
let lastListener: Listener | undefined;

const connection: ServePlatform["connection"] = (request, origin, headers) => {
  if (lastListener?.origin !== origin) lastListener = listenerOf(origin);
  const { address, port, isSecure } = lastListener;
  return {
    peerAddress: fieldOf(headers, "cf-connecting-ip") ?? "127.0.0.1",
    peerPort: 0,
    localAddress: address,
    localPort: port,
    tls: isSecure ? new EdgeTls(request, address) : undefined,
  };
};

/** workerd's side towards clients. */
export const cloudflareServe: ServePlatform = {
  connection,
  init: { encodeBody: "manual" },
  fieldValues: "text",
  fixedLength,
  upgrade(response) {
    const headers = new Headers();
    addFields(headers, response.headers, "text");
    return new Response(null, { status: 101, headers, webSocket: (response.tunnel as SocketTunnel).socket });
  },
};

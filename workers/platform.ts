import type { ConnectionFacts, Tunnel } from "../core/index.ts";
import type { FetchPlatform, ServePlatform } from "../adapters/web/index.ts";

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

const fixedLength = (lengthBytes: number): TransformStream<Uint8Array, Uint8Array> =>
  new FixedLengthStream(lengthBytes);

/** workerd's fetch: bodies pass as they are, compressed or not. */
export const cloudflareFetch: FetchPlatform = {
  fetch: (url, init) => fetch(url, init),
  init: { encodeResponseBody: "manual" },
  fixedLength,
  tunnel: (response) => (response.webSocket === null ? undefined : new SocketTunnel(response.webSocket)),
};

const portOf = ({ port, protocol }: URL): number => Number(port) || (protocol === "https:" ? 443 : 80);

const connection = (request: Request): ConnectionFacts => {
  const url = new URL(request.url);
  const { cf } = request;
  const isSecure = url.protocol === "https:";
  return {
    peerAddress: request.headers.get("CF-Connecting-IP") ?? "127.0.0.1",
    peerPort: 0,
    localAddress: url.hostname,
    localPort: portOf(url),
    tls: isSecure
      ? {
          version: typeof cf?.tlsVersion === "string" ? cf.tlsVersion : "",
          cipher: typeof cf?.tlsCipher === "string" ? cf.tlsCipher : "",
          serverName: url.hostname,
        }
      : undefined,
  };
};

/** workerd's side towards clients. */
export const cloudflareServe: ServePlatform = {
  connection,
  init: { encodeBody: "manual" },
  fixedLength,
  upgrade: (response, headers) =>
    new Response(null, { status: 101, headers, webSocket: (response.tunnel as SocketTunnel).socket }),
};

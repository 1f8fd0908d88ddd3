import { type AddressInfo, type Server, type Socket, createServer, isIPv6 } from "node:net";
import { type TLSSocket, type Server as TlsServer, createServer as createTlsServer } from "node:tls";

import type { RequestHandler } from "../../../core/index.ts";
import { ServerConnection } from "../http2/server.ts";
import type { CertificateStore } from "./certificates.ts";
import { ClientConnection } from "./client.ts";
import { type Counters, newCounters } from "./counters.ts";
import { Deadline } from "./deadline.ts";
import type { Peer, ServerHost } from "./host.ts";
import { type ServerLimits, defaultServerLimits } from "./limits.ts";
import { takeProxyHeader } from "./proxyprotocol.ts";
import { Opening } from "./opening.ts";
import { bind, rebind, withSharedBuffer } from "./socket.ts";

/** What a listener speaks: the flags of Kong's proxy_listen. */
export interface ListenerFlags {
  readonly ssl?: boolean;
  /** Offers HTTP/2 by ALPN; without `ssl`, accepts it by prior knowledge. */
  readonly http2?: boolean;
  /** Every connection begins with a PROXY protocol header, version 1 or 2. */
  readonly proxyProtocol?: boolean;
}

export interface ListenOptions extends ListenerFlags {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly reusePort?: boolean;
  /** Connections that wait to be accepted. Default 16,384, as Kong. */
  readonly backlog?: number;
}

export interface ListenerOptions {
  readonly limits?: Partial<ServerLimits>;
  /** Where to count; several listeners may share one. */
  readonly counters?: Counters;
  /** Needed with `ssl`. */
  readonly certificates?: CertificateStore;
  /** Told the name that a TLS client asks for; its certificate is chosen when a promise settles, which never rejects. */
  readonly onServerName?: (serverName: string | undefined) => void | Promise<void>;
}

export interface Listener {
  readonly address: AddressInfo;
  readonly counters: Counters;
  /** The plain server below. It can be sent to another worker thread, which calls {@link adoptServer} with it. */
  readonly server: Server;
  /**
   * Stops accepting and lets what is under way finish: answers say Connection: close, idle connections are closed
   * a little later, and what is left after `graceMs` is cut. Can be called again with less grace.
   */
  close(options: { graceMs: number }): Promise<void>;
}

const serverOptions = { allowHalfOpen: true, noDelay: true, pauseOnConnect: true };

/** Milliseconds that an idle connection is kept while draining: its client may be sending already. */
const IDLE_GRACE_MS = 1_000;

/** `::ffff:192.0.2.1` is an IPv4 client on a socket for both. */
const plainAddress = (address: string | undefined): string =>
  (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "");

const keyOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

const peerOf = (socket: Socket): Peer => ({
  peerAddress: plainAddress(socket.remoteAddress),
  peerPort: socket.remotePort ?? 0,
  localAddress: plainAddress(socket.localAddress),
  localPort: socket.localPort ?? 0,
  tls: undefined,
});

/** Accepts connections and finds out what they speak. */
class Reception {
  readonly host: ServerHost;
  private readonly flags: ListenerFlags;
  private readonly tlsServer: TlsServer | undefined;
  /** What PROXY protocol told of connections in their TLS handshake, by the peer's own address and port. */
  private readonly told = new Map<string, Peer>();

  constructor(flags: ListenerFlags, handler: RequestHandler, options: ListenerOptions) {
    this.flags = flags;
    this.host = {
      handler,
      limits: { ...defaultServerLimits, ...options.limits },
      counters: options.counters ?? newCounters(),
      connections: new Set(),
      draining: false,
    };
    this.tlsServer = flags.ssl === true ? this.openTls(options) : undefined;
  }

  readonly accept = (accepted: Socket): void => {
    this.host.counters.accepted++;
    if (this.flags.proxyProtocol === true) {
      const settle = this.wait(accepted);
      takeProxyHeader(accepted, peerOf(accepted), (peer) => {
        settle();
        if (peer === undefined) accepted.destroy();
        else this.receive(accepted, peer, true);
      });
    } else this.receive(accepted, undefined, false);
  };

  /** @param touched Whether the socket was read from already. */
  private receive(accepted: Socket, told: Peer | undefined, touched: boolean): void {
    if (this.tlsServer !== undefined) {
      if (told !== undefined) {
        const key = keyOf(accepted);
        this.told.set(key, told);
        accepted.once("close", () => this.told.delete(key));
      }
      this.tlsServer.emit("connection", accepted);
      return;
    }
    const socket = touched ? accepted : withSharedBuffer(accepted);
    const peer = told ?? peerOf(socket);
    const byEvent = socket === accepted;
    if (this.flags.http2 === true) this.await(socket, peer, byEvent);
    else bind(socket, new ClientConnection(socket, peer, this.host), byEvent);
  }

  /** Waits for the first bytes, which tell what the client speaks. */
  private await(socket: Socket, peer: Peer, byEvent: boolean): void {
    const settle = this.wait(socket);
    const opening = new Opening(socket, (isHttp2, begin) => {
      settle();
      const connection = isHttp2
        ? new ServerConnection(socket, peer, this.host)
        : new ClientConnection(socket, peer, this.host);
      rebind(socket, connection);
      if (connection instanceof ServerConnection) connection.open();
      connection.received(begin.length, begin);
    });
    bind(socket, opening, byEvent);
  }

  /** Guards a connection that is not a client yet. @returns What ends the guard. */
  private wait(socket: Socket): () => void {
    const { connections, limits } = this.host;
    const waiting = { retire: () => void socket.destroy(), timedOut: () => void socket.destroy() };
    const deadline = new Deadline(waiting);
    deadline.arm(limits.headTimeoutMs);
    const ignore = (): void => {};
    const settle = (): void => {
      deadline.disarm();
      connections.delete(waiting);
      socket.off("close", settle);
      socket.off("error", ignore);
    };
    connections.add(waiting);
    socket.on("close", settle);
    socket.on("error", ignore);
    return settle;
  }

  private openTls({ certificates, onServerName }: ListenerOptions): TlsServer {
    if (certificates === undefined) throw new TypeError("an ssl listener needs certificates");
    const server = createTlsServer({
      handshakeTimeout: this.host.limits.headTimeoutMs,
      ALPNProtocols: this.flags.http2 === true ? ["h2", "http/1.1"] : ["http/1.1"],
      SNICallback: (serverName, done) => {
        const choose = (): void => {
          try {
            done(null, certificates.contextFor(serverName));
          } catch (error) {
            done(error instanceof Error ? error : new Error("no certificate", { cause: error }));
          }
        };
        const waits = onServerName?.(serverName);
        if (waits === undefined) choose();
        else void waits.then(choose);
      },
      allowHalfOpen: true,
    });
    certificates.serve(server);
    server.on("secureConnection", (socket) => this.secured(socket));
    server.on("tlsClientError", (_error, socket) => socket.destroy());
    return server;
  }

  private secured(socket: TLSSocket): void {
    const told = this.flags.proxyProtocol === true ? this.told.get(keyOf(socket)) : undefined;
    const tls = {
      version: socket.getProtocol() ?? "",
      cipher: socket.getCipher().name,
      serverName: typeof socket.servername === "string" ? socket.servername : undefined,
    };
    const peer = { ...(told ?? peerOf(socket)), tls };
    if (socket.alpnProtocol === "h2") this.serveHttp2(socket, peer);
    else bind(socket, new ClientConnection(socket, peer, this.host), true);
  }

  private serveHttp2(socket: Socket, peer: Peer): void {
    const connection = new ServerConnection(socket, peer, this.host);
    bind(socket, connection, true);
    connection.open();
  }
}

/**
 * Serves the connections that a listening server accepts, whoever made it: this thread or its predecessor.
 *
 * @throws TypeError for `ssl` without certificates.
 */
export function adoptServer(
  server: Server,
  flags: ListenerFlags,
  handler: RequestHandler,
  options: ListenerOptions = {},
): Listener {
  const reception = new Reception(flags, handler, options);
  const { host } = reception;
  Object.assign(server, serverOptions);
  server.on("connection", reception.accept);
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new TypeError("the server has to listen on a port");
  const retire = (force: boolean): void => {
    for (const connection of host.connections) connection.retire(force);
  };
  const close = async ({ graceMs }: { graceMs: number }): Promise<void> => {
    host.draining = true;
    server.close();
    const { promise, resolve } = Promise.withResolvers<void>();
    const check = setInterval(() => host.connections.size === 0 && resolve(), 20);
    const idle = setTimeout(() => retire(false), Math.min(IDLE_GRACE_MS, graceMs / 2));
    const late = setTimeout(() => retire(true), graceMs);
    if (host.connections.size === 0) resolve();
    await promise;
    clearInterval(check);
    clearTimeout(idle);
    clearTimeout(late);
  };
  return { address, counters: host.counters, server, close };
}

/** Listens. @throws Error when the address is taken or not ours (EADDRINUSE, EADDRNOTAVAIL, EACCES). */
export function listen(
  where: ListenOptions,
  handler: RequestHandler,
  options: ListenerOptions = {},
): Promise<Listener> {
  const { host, port, backlog = 16_384, reusePort = false } = where;
  const server = createServer(serverOptions);
  const { promise, resolve, reject } = Promise.withResolvers<Listener>();
  server.once("error", reject);
  // As nginx: `[::]` and `0.0.0.0` are two listeners, which may share a port.
  server.listen({ host, port, backlog, reusePort, ipv6Only: isIPv6(host) }, () => {
    server.off("error", reject);
    try {
      resolve(adoptServer(server, where, handler, options));
    } catch (error) {
      server.close();
      reject(error instanceof Error ? error : new Error("can't serve", { cause: error }));
    }
  });
  return promise;
}

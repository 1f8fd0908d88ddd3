import { type AddressInfo, type Server, type Socket, createServer } from "node:net";

import type { RequestHandler } from "../../../core/index.ts";
import { ClientConnection, type Peer, type ServerHost } from "./client.ts";
import { type Counters, newCounters } from "./counters.ts";
import { type ServerLimits, defaultServerLimits } from "./limits.ts";
import { bind, withSharedBuffer } from "./socket.ts";

/** Where to listen, with the flags of Kong's proxy_listen. */
export interface ListenOptions {
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
}

export interface Listener {
  readonly address: AddressInfo;
  readonly counters: Counters;
  /** The plain server below, to be handed to another worker thread. */
  readonly server: Server;
  close(options: { graceMs: number }): Promise<void>;
}

/** `::ffff:192.0.2.1` is an IPv4 client on a socket for both. */
const plainAddress = (address: string | undefined): string =>
  (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "");

function peerOf(socket: Socket): Peer {
  return {
    peerAddress: plainAddress(socket.remoteAddress),
    peerPort: socket.remotePort ?? 0,
    localAddress: plainAddress(socket.localAddress),
    localPort: socket.localPort ?? 0,
    tls: undefined,
  };
}

/** Serves the connections that a listening server accepts. The server has to be made with `serverOptions`. */
export function adoptServer(
  server: Server,
  handler: RequestHandler,
  options: ListenerOptions = {},
): Listener {
  const counters = options.counters ?? newCounters();
  const host: ServerHost = {
    handler,
    limits: { ...defaultServerLimits, ...options.limits },
    counters,
    connections: new Set(),
    draining: false,
  };
  const accept = (accepted: Socket): void => {
    counters.accepted++;
    const socket = withSharedBuffer(accepted);
    bind(socket, new ClientConnection(socket, peerOf(socket), host), socket === accepted);
  };
  Object.assign(server, serverOptions);
  server.on("connection", accept);
  return {
    address: server.address() as AddressInfo,
    counters,
    server,
    close: async () => {
      host.draining = true;
      server.close();
      for (const connection of host.connections) connection.retire(true);
    },
  };
}

export const serverOptions = { allowHalfOpen: true, noDelay: true, pauseOnConnect: true };

export function listen(
  where: ListenOptions,
  handler: RequestHandler,
  options: ListenerOptions = {},
): Promise<Listener> {
  const server = createServer(serverOptions);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(
      {
        host: where.host,
        port: where.port,
        backlog: where.backlog ?? 16_384,
        reusePort: where.reusePort ?? false,
      },
      () => {
        server.off("error", reject);
        resolve(adoptServer(server, handler, options));
      },
    );
  });
}

import { type Socket, connect } from "node:net";

import { type SocketUser, bind, onread } from "./socket.ts";
import type { TlsDialer } from "./upstreamtls.ts";

/** A connection in the making. */
export interface Dialling extends SocketUser {
  /** TCP is connected, and TLS begins. */
  reached(): void;
  /** The connection is made, TLS included. */
  connected(): void;
}

/**
 * Begins a connection to an upstream.
 *
 * @param tls Undefined for none.
 * @param use Makes whoever uses the socket.
 * @throws Error for certificates that are unusable.
 */
export function dial<C extends Dialling>(
  ip: string,
  port: number,
  tls: TlsDialer | undefined,
  use: (socket: Socket) => C,
): C {
  const socket =
    tls === undefined
      ? connect({ host: ip, port, noDelay: true, allowHalfOpen: true, onread })
      : tls.dial(ip, port);
  const connection = use(socket);
  bind(socket, connection, tls !== undefined);
  if (tls === undefined) socket.once("connect", () => connection.connected());
  else {
    socket.once("connect", () => connection.reached());
    socket.once("secureConnect", () => connection.connected());
  }
  return connection;
}

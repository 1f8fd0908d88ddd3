import { isIP } from "node:net";

import type { UpstreamAddress } from "../../../core/index.ts";
import { dial } from "./dial.ts";
import type { Resolve } from "./resolve.ts";
import { UpstreamConnection } from "./upstream.ts";
import { TlsDialer } from "./upstreamtls.ts";

/** Limits of idle connections to one upstream address. Kong's upstream_keepalive_*. */
export interface PoolLimits {
  /** Idle connections kept; 0 keeps none. Default 512. */
  readonly maxIdle: number;
  /** Milliseconds that a connection may idle. Default 60,000. */
  readonly idleMs: number;
  /** Requests on one connection. Default 10,000. */
  readonly maxRequests: number;
}

export const defaultPoolLimits: PoolLimits = { maxIdle: 512, idleMs: 60_000, maxRequests: 10_000 };

/** Finds the address to connect to; at once where possible. */
export function withAddress(
  host: string,
  resolve: Resolve,
  found: (ip: string) => void,
  failed: (error: unknown) => void,
): void {
  if (isIP(host) !== 0) return found(host);
  const answer = resolve(host);
  if (typeof answer === "string") found(answer);
  else answer.then(found, failed);
}

/** The HTTP/1.1 connections to one address with one TLS identity. */
export class Pool {
  /** Connections that exist, idle or not. */
  open = 0;
  private readonly limits: PoolLimits;
  private readonly resolve: Resolve;
  private readonly address: UpstreamAddress;
  private readonly dialer: TlsDialer | undefined;
  private readonly idle: UpstreamConnection[] = [];
  private closed = false;

  constructor(address: UpstreamAddress, limits: PoolLimits, resolve: Resolve) {
    this.address = address;
    this.limits = limits;
    this.resolve = resolve;
    this.dialer = address.tls === undefined ? undefined : new TlsDialer(address.tls, "http/1.1");
  }

  /** The connection that was used last: the others may idle away. */
  take(): UpstreamConnection | undefined {
    return this.idle.pop();
  }

  put(connection: UpstreamConnection): void {
    const { maxIdle, maxRequests, idleMs } = this.limits;
    if (this.closed || maxIdle <= 0 || connection.requests >= maxRequests) return connection.destroy();
    if (this.idle.length >= maxIdle) this.idle[0]?.destroy();
    connection.deadline.arm(idleMs);
    this.idle.push(connection);
  }

  /** A connection is gone. */
  drop(connection: UpstreamConnection): void {
    this.open--;
    const at = this.idle.indexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
  }

  /** Makes a connection, which tells the exchange that reserves it when it is connected. */
  connect(made: (connection: UpstreamConnection) => void, failed: (error: unknown) => void): void {
    const begin = (ip: string): void => {
      let connection: UpstreamConnection;
      try {
        connection = this.dial(ip);
      } catch (error) {
        // Unusable certificates are found here.
        return failed(error);
      }
      made(connection);
    };
    withAddress(this.address.host, this.resolve, begin, failed);
  }

  private dial(ip: string): UpstreamConnection {
    const connection = dial(
      ip,
      this.address.port,
      this.dialer,
      (socket) => new UpstreamConnection(socket, this),
    );
    this.open++;
    return connection;
  }

  close(): void {
    this.closed = true;
    for (const connection of this.idle.splice(0)) connection.destroy();
  }
}

import { connect, isIP } from "node:net";

import type { UpstreamAddress } from "../../../core/index.ts";
import type { Resolve } from "./resolve.ts";
import { bind, onread } from "./socket.ts";
import { UpstreamConnection } from "./upstream.ts";

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

/** The connections to one address with one TLS identity. */
export class Pool {
  private readonly limits: PoolLimits;
  private readonly resolve: Resolve;
  private readonly idle: UpstreamConnection[] = [];
  private closed = false;

  constructor(limits: PoolLimits, resolve: Resolve) {
    this.limits = limits;
    this.resolve = resolve;
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

  /** An idle connection is gone. */
  drop(connection: UpstreamConnection): void {
    const at = this.idle.indexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
  }

  get idleCount(): number {
    return this.idle.length;
  }

  /** Makes a connection. It tells its reserved exchange when it is connected. */
  connect(
    address: UpstreamAddress,
    made: (connection: UpstreamConnection | undefined, error: unknown) => void,
  ): void {
    const open = (ip: string): void => made(this.open(ip, address), undefined);
    if (isIP(address.host) !== 0) return open(address.host);
    const found = this.resolve(address.host);
    if (typeof found === "string") open(found);
    else found.then(open, (error: unknown) => made(undefined, error));
  }

  private open(ip: string, address: UpstreamAddress): UpstreamConnection {
    const socket = connect({ host: ip, port: address.port, noDelay: true, allowHalfOpen: true, onread });
    const connection = new UpstreamConnection(socket, this);
    bind(socket, connection, false);
    socket.once("connect", () => connection.connected());
    return connection;
  }

  close(): void {
    this.closed = true;
    for (const connection of this.idle.splice(0)) connection.destroy();
  }
}

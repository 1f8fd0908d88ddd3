import type {
  UpstreamAddress,
  UpstreamCall,
  UpstreamListener,
  UpstreamRequest,
} from "../../../core/index.ts";
import { isTlsError } from "../http/call.ts";
import { dial } from "../http/dial.ts";
import { withAddress } from "../http/pool.ts";
import type { Resolve } from "../http/resolve.ts";
import { TlsDialer } from "../http/upstreamtls.ts";
import { Http2Call } from "./call.ts";
import { UpstreamConnection } from "./upstream.ts";

/** The HTTP/2 connections to one address with one TLS identity. */
export class Http2Pool {
  /** Milliseconds that a connection may be without a stream. */
  readonly idleMs: number;
  isClosed = false;
  private readonly address: UpstreamAddress;
  private readonly resolve: Resolve;
  private readonly dialer: TlsDialer | undefined;
  private readonly connections = new Set<UpstreamConnection>();

  constructor(address: UpstreamAddress, resolve: Resolve, idleMs: number) {
    this.address = address;
    this.resolve = resolve;
    this.idleMs = idleMs;
    this.dialer = address.tls === undefined ? undefined : new TlsDialer(address.tls, "h2");
  }

  /** Connections that exist. */
  get open(): number {
    return this.connections.size;
  }

  send(request: UpstreamRequest, listener: UpstreamListener): UpstreamCall {
    const call = new Http2Call(request, listener);
    for (const connection of this.connections)
      if (connection.hasRoom) {
        call.use(connection);
        return call;
      }
    withAddress(
      this.address.host,
      this.resolve,
      (ip) => this.connect(ip, call),
      (error) => call.failed("name_not_resolved", error),
    );
    return call;
  }

  private connect(ip: string, call: Http2Call): void {
    let connection: UpstreamConnection;
    try {
      connection = this.dial(ip);
    } catch (error) {
      // Unusable certificates are found here.
      return call.failed(isTlsError(error) ? "tls_failed" : "connect_refused", error);
    }
    if (!call.use(connection)) connection.destroy();
  }

  private dial(ip: string): UpstreamConnection {
    const connection = dial(
      ip,
      this.address.port,
      this.dialer,
      (socket) => new UpstreamConnection(socket, this, this.dialer !== undefined),
    );
    this.connections.add(connection);
    return connection;
  }

  /** A connection is gone. */
  forget(connection: UpstreamConnection): void {
    this.connections.delete(connection);
  }

  /** Closes idle connections; those in use end with their exchange. */
  close(): void {
    this.isClosed = true;
    for (const connection of this.connections) connection.retire(false);
  }
}

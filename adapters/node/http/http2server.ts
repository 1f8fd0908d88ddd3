import {
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerSessionOptions,
  constants,
} from "node:http2";

import type { ConnectionFacts, TlsFacts } from "../../../core/index.ts";
import { Deadline } from "./deadline.ts";
import type { Peer, ServerHost } from "./host.ts";
import { Http2Exchange } from "./http2exchange.ts";
import type { ServerLimits } from "./limits.ts";

export const sessionOptions = (limits: ServerLimits): ServerSessionOptions => ({
  maxHeaderListPairs: limits.maxFields,
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
  settings: {
    // As nginx: a client that needs more opens another connection.
    maxConcurrentStreams: 128,
    maxHeaderListSize: limits.maxHeadBytes,
    initialWindowSize: 65_536,
    enablePush: false,
  },
});

/** An HTTP/2 connection of a client. */
export class ServerSession implements ConnectionFacts {
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly tls: TlsFacts | undefined;
  readonly host: ServerHost;
  private readonly session: ServerHttp2Session;
  private readonly deadline: Deadline;
  private streams = 0;
  private requests = 0;
  private retiring = false;

  constructor(session: ServerHttp2Session, peer: Peer, host: ServerHost) {
    this.session = session;
    this.peerAddress = peer.peerAddress;
    this.peerPort = peer.peerPort;
    this.localAddress = peer.localAddress;
    this.localPort = peer.localPort;
    this.tls = peer.tls;
    this.host = host;
    this.deadline = new Deadline(this);
  }

  open(): void {
    const { session, host } = this;
    host.connections.add(this);
    host.counters.open++;
    this.deadline.arm(host.limits.keepAliveMs);
    // Node ends the session itself where the error is fatal.
    session.on("error", () => {});
    session.on("close", () => {
      this.deadline.disarm();
      host.connections.delete(this);
      host.counters.open--;
    });
    session.on("stream", (stream, _fields, flags, raw) => this.begin(stream, flags, raw));
  }

  timedOut(): void {
    if (this.streams === 0) this.session.close();
  }

  retire(force: boolean): void {
    if (force) this.session.destroy();
    else this.close();
  }

  /** Lets the streams under way finish and takes no others. */
  private close(): void {
    if (this.retiring) return;
    this.retiring = true;
    this.session.close();
  }

  private begin(stream: ServerHttp2Stream, flags: number, raw: string[]): void {
    const { counters, limits } = this.host;
    counters.requests++;
    counters.active++;
    this.streams++;
    this.requests++;
    this.deadline.disarm();
    const ended = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    new Http2Exchange(this, stream, raw, ended).open();
    if (this.requests >= limits.maxRequests || this.host.draining) this.close();
  }

  /** A stream is over. */
  left(bytesSent: number): void {
    const { counters, limits } = this.host;
    counters.active--;
    counters.bytesWritten += bytesSent;
    if (--this.streams === 0) this.deadline.arm(limits.keepAliveMs);
  }
}

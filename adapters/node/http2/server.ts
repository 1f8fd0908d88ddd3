import type { Socket } from "node:net";

import type { ConnectionFacts, TlsFacts } from "../../../core/index.ts";
import { enter, leave } from "../http/outbox.ts";
import type { Peer, ServerHost } from "../http/host.ts";
import { CONNECTION_WINDOW, Connection } from "./connection.ts";
import type { HeaderBlock } from "./decoder.ts";
import { Http2Error } from "./error.ts";
import { Http2Exchange } from "./exchange.ts";
import {
  DEFAULT_WINDOW,
  MAX_WINDOW,
  NO_ERROR,
  PREFACE,
  PROTOCOL_ERROR,
  REFUSED_STREAM,
  SETTING,
  goawayFrame,
  pingFrame,
  resetFrame,
  settingsFrame,
  windowFrame,
} from "./frame.ts";

/** Streams at a time, as nginx: a client that needs more opens another connection. */
const MAX_STREAMS = 128;

/** A ping that is sent behind the announcement that the connection is going to end. */
const LAST_CALL = "lastcall";

/** An HTTP/2 connection of a client. */
export class ServerConnection extends Connection implements ConnectionFacts {
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly tls: TlsFacts | undefined;
  readonly host: ServerHost;
  private prefaced = false;
  private requests = 0;
  private retiring = false;
  /** The client knows which stream is its last; those beyond are refused. */
  private sealed = false;

  constructor(socket: Socket, peer: Peer, host: ServerHost) {
    super(socket, host.limits);
    this.peerAddress = peer.peerAddress;
    this.peerPort = peer.peerPort;
    this.localAddress = peer.localAddress;
    this.localPort = peer.localPort;
    this.tls = peer.tls;
    this.host = host;
    host.connections.add(this);
    host.counters.open++;
    this.limitSend(host.limits.sendTimeoutMs);
    this.deadline.arm(host.limits.headTimeoutMs);
  }

  /** Says what may be sent. */
  open(): void {
    this.send(
      settingsFrame(
        [SETTING.maxConcurrentStreams, MAX_STREAMS],
        [SETTING.maxHeaderListSize, this.host.limits.maxHeadBytes],
      ) + windowFrame(0, CONNECTION_WINDOW - DEFAULT_WINDOW),
    );
  }

  protected get frameTimeoutMs(): number {
    return this.host.limits.headTimeoutMs;
  }

  protected get idleMs(): number {
    return this.host.limits.keepAliveMs;
  }

  protected readPreface(): boolean {
    if (this.prefaced) return true;
    const length = Math.min(this.end - this.at, PREFACE.length);
    if (this.bytes.toString("latin1", this.at, this.at + length) !== PREFACE.slice(0, length)) {
      this.fail(PROTOCOL_ERROR);
      return false;
    }
    if (length < PREFACE.length) return false;
    this.at += length;
    this.prefaced = true;
    return true;
  }

  protected isIdle(streamId: number): boolean {
    return streamId > this.lastPeerStream || streamId % 2 === 0;
  }

  protected begin(streamId: number, block: HeaderBlock, ends: boolean): void {
    if (streamId % 2 === 0) throw new Http2Error(PROTOCOL_ERROR);
    this.lastPeerStream = streamId;
    if (this.sealed || this.streams.size >= MAX_STREAMS) {
      this.past.add(streamId, "reset");
      return this.send(resetFrame(streamId, REFUSED_STREAM));
    }
    const { counters, limits } = this.host;
    counters.requests++;
    counters.active++;
    this.requests++;
    this.deadline.disarm();
    const exchange = new Http2Exchange(this, streamId);
    this.streams.set(streamId, exchange);
    exchange.takeHeaders(block, ends);
    if (this.requests >= limits.maxRequests || this.host.draining) this.retire(false);
  }

  /** An exchange is over. */
  exchanged(): void {
    this.host.counters.active--;
  }

  retire(force: boolean): void {
    if (force) return this.destroy();
    if (this.retiring || this.isFailed) return;
    this.retiring = true;
    // RFC 9113 §6.8: what is on its way is served; what is the last is told when the client knows that there is one.
    enter();
    this.send(goawayFrame(MAX_WINDOW, NO_ERROR) + pingFrame(0, LAST_CALL));
    leave();
    if (this.streams.size === 0) this.deadline.arm(this.host.limits.lingerMs);
  }

  override timedOut(): void {
    if (this.retiring && this.streams.size === 0) this.destroy();
    else super.timedOut();
  }

  protected ponged(): void {
    if (!this.retiring || this.sealed) return;
    this.sealed = true;
    this.send(goawayFrame(this.lastPeerStream, NO_ERROR));
    if (this.streams.size === 0) this.idled();
  }

  protected idled(): void {
    if (this.sealed) this.farewell(new Error("the connection was closed"));
    else if (this.retiring) this.deadline.arm(this.host.limits.lingerMs);
    else if (this.host.draining) this.retire(false);
  }

  /** The client goes: its streams come to their end. */
  goaway(): void {
    this.sealed = true;
    if (this.streams.size === 0) this.farewell(new Error("the client left"));
  }

  protected override gone(error: Error | undefined): void {
    const { connections, counters } = this.host;
    connections.delete(this);
    counters.open--;
    counters.bytesRead += this.bytesRead;
    counters.bytesWritten += this.bytesWritten;
    super.gone(error);
  }
}

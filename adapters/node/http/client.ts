import type { Socket } from "node:net";

import type { ConnectionFacts, TlsFacts } from "../../../core/index.ts";
import { ServerExchange } from "./exchange.ts";
import { CR, LF, BodyReader, chunksHold, DONE, MORE, head, parseRequest } from "../../http1/index.ts";
import { judgeHead } from "./admission.ts";
import type { Peer, ServerHost } from "./host.ts";
import { type BodyCarrier, Inflow } from "./inflow.ts";
import { flush } from "./outbox.ts";
import { readTarget } from "./target.ts";
import type { WireTunnel } from "./tunnel.ts";
import { Wire } from "./wire.ts";

const HEAD = 0;
const BUSY = 1;
/** The last answer is out: the client is read until it stops, or its answer could be lost to a reset. */
const LINGERING = 2;
const TUNNELLED = 3;

/** An HTTP/1.1 connection of a client: one request after the other, pipelined ones answered in order. */
export class ClientConnection extends Wire implements ConnectionFacts, BodyCarrier {
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly tls: TlsFacts | undefined;
  private readonly host: ServerHost;
  private state = HEAD;
  private exchange: ServerExchange | undefined = undefined;
  private tunnel: WireTunnel | undefined = undefined;
  private requests = 0;
  private advancing = false;
  /** Bytes of an incomplete head that hold no further line. */
  private scanned = 0;
  private refusing = false;
  /** A status to refuse with once the handler has returned. */
  private fault = 0;

  constructor(socket: Socket, peer: Peer, host: ServerHost) {
    super(socket);
    this.peerAddress = peer.peerAddress;
    this.peerPort = peer.peerPort;
    this.localAddress = peer.localAddress;
    this.localPort = peer.localPort;
    this.tls = peer.tls;
    this.host = host;
    host.counters.open++;
    host.connections.add(this);
    this.limitSend(host.limits.sendTimeoutMs);
    this.deadline.arm(host.limits.headTimeoutMs);
  }

  /** Bytes taken from the connection so far. */
  get consumed(): number {
    return this.bytesRead - (this.end - this.at);
  }

  staysOpen(): boolean {
    return !this.host.draining && !this.ended && this.requests < this.host.limits.maxRequests;
  }

  protected advance(): void {
    if (this.advancing) return;
    this.advancing = true;
    try {
      while (!this.closed && this.step());
    } finally {
      this.advancing = false;
    }
  }

  /** @returns true when there may be more to do. */
  private step(): boolean {
    if (this.state === HEAD) return this.at < this.end && this.readHead();
    if (this.state === TUNNELLED) this.tunnel?.forward(this);
    else if (this.state === LINGERING || this.refusing) this.at = this.end;
    else {
      const inflow = this.exchange?.inflow;
      if (inflow === undefined || inflow.idle) return false;
      inflow.pump();
      if (!inflow.over && this.exchange?.over === false) this.deadline.arm(this.host.limits.bodyTimeoutMs);
      return this.state === HEAD;
    }
    return false;
  }

  private readHead(): boolean {
    const { bytes, at, end } = this;
    const { limits } = this.host;
    // A client that sends byte by byte makes no work until it ends a line.
    const from = at + this.scanned;
    if (
      this.scanned > 0 &&
      bytes[from - 1] !== CR &&
      end - at < limits.maxLineBytes &&
      bytes.indexOf(LF, from) < 0
    ) {
      this.scanned = end - at;
      return false;
    }
    const result = parseRequest(bytes, at, end, limits);
    if (result === MORE) {
      if (this.scanned === 0) this.deadline.arm(limits.headTimeoutMs);
      this.scanned = end - at;
      return false;
    }
    this.scanned = 0;
    this.deadline.disarm();
    this.requests++;
    this.host.counters.requests++;
    this.host.counters.active++;
    this.state = BUSY;
    if (result === DONE) {
      this.at += head.sizeBytes;
      this.begin();
    } else this.refuse(result, undefined);
    return this.state === HEAD;
  }

  /** Checks what a parsed head means, and hands the request over. */
  private begin(): void {
    const { method, minor, headers, contentLength, coding, expect } = head;
    const keepAlive = minor === 0 ? head.keepAlive && !head.close : !head.close;
    const exchange = new ServerExchange(this, method, head.target, minor, headers, keepAlive, head.sizeBytes);
    const status = judgeHead(this.at < this.end, this.host.limits.maxBodyBytes);
    if (status !== 0) return this.refuse(status, exchange);
    // RFC 9112 §3.2.2: the authority of an absolute target replaces Host.
    const target = readTarget(head.target);
    if (target === undefined) return this.refuse(400, exchange);
    exchange.target = target.path;
    if (target.authority !== undefined) {
      if (head.hostAt < 0) headers.push("Host", target.authority);
      else headers[head.hostAt] = target.authority;
    }
    if (coding === "chunked" || contentLength >= 0) {
      // A request that is known to be malformed reaches no handler, which might answer without reading its body.
      if (coding === "chunked" && !chunksHold(this.bytes, this.at, this.end, this.host.limits))
        return this.refuse(400, exchange);
      const reader = new BodyReader(coding === "chunked" ? "chunked" : contentLength, this.host.limits);
      const length = coding === "chunked" ? undefined : contentLength;
      exchange.inflow = new Inflow(this, reader, length, this.host.limits.maxBodyBytes);
      exchange.expects = expect && minor === 1;
    }
    this.exchange = exchange;
    const events = this.host.handler.handle(exchange, exchange, undefined);
    exchange.events = events;
    if (exchange.over) events.finished(exchange.bytesSent);
    else if (this.fault !== 0) this.blame(this.fault);
  }

  private refuse(status: number, refused: ServerExchange | undefined): void {
    this.host.counters.refused++;
    const { bytes, at, end } = this;
    const line =
      refused === undefined
        ? /^\s*([A-Z_-]{1,32}) (\S{1,8192})/.exec(bytes.toString("latin1", at, Math.min(end, at + 8_192)))
        : null;
    const method = refused?.method ?? line?.[1];
    const target = refused?.target ?? line?.[2];
    const minor = refused?.httpVersion === "1.0" ? 0 : 1;
    const headers = refused?.headers ?? [];
    const exchange = new ServerExchange(this, method ?? "", target ?? "", minor, headers, false, 0);
    this.exchange = exchange;
    this.refusing = true;
    this.at = this.end;
    const { httpVersion } = exchange;
    const events = this.host.handler.refuse(
      status,
      { method, target, httpVersion, headers, connection: this },
      exchange,
    );
    exchange.events = events;
    if (exchange.over) events.finished(exchange.bytesSent);
  }

  /** Ends the exchange for something that its body did wrong. */
  private blame(status: number): void {
    const { exchange } = this;
    if (exchange === undefined || exchange.over) return this.destroy();
    if (exchange.events === undefined) {
      this.fault = status;
      return;
    }
    this.fault = 0;
    const { responded } = exchange;
    this.abort(
      exchange,
      new Error(status === 408 ? "the client was too slow" : "the request body is malformed"),
    );
    if (responded) return this.destroy();
    this.host.counters.active++;
    this.refuse(status, exchange);
  }

  /** Tells everybody that the exchange comes to nothing. */
  private abort(exchange: ServerExchange, reason: Error): void {
    if (exchange.over) return;
    exchange.giveUp();
    this.host.counters.active--;
    const { events } = exchange;
    events?.aborted();
    exchange.inflow?.cut(reason);
    events?.finished(exchange.bytesSent);
  }

  /** The answer is out. */
  answered(exchange: ServerExchange): void {
    this.host.counters.active--;
    exchange.events?.finished(exchange.bytesSent);
    const { inflow } = exchange;
    if (!exchange.keepAlive) return this.linger();
    if (inflow === undefined || inflow.over) return this.ready();
    // All in all, as nginx's lingering_time to its lingering_timeout.
    this.deadline.arm(6 * this.host.limits.lingerMs);
    inflow.discard();
  }

  /** The answer can't be completed. */
  abandon(exchange: ServerExchange, reset: boolean): void {
    this.host.counters.active--;
    exchange.inflow?.cut(new Error("the answer was given up"));
    // Node leaks the handle of a socket that is reset while it shuts down.
    if (reset && !this.socket.writableEnded) this.socket.resetAndDestroy();
    else this.closeSoon();
    exchange.events?.finished(exchange.bytesSent);
  }

  /** Waits for the next request. */
  private ready(): void {
    this.exchange = undefined;
    this.state = HEAD;
    this.scanned = 0;
    if (this.ended) return this.closeSoon();
    if (this.at === this.end) {
      this.forget();
      this.deadline.arm(this.host.limits.keepAliveMs);
    } else if (!this.advancing) this.turn();
    if (this.state === HEAD) this.resume();
  }

  private linger(): void {
    this.state = LINGERING;
    this.at = this.end;
    if (this.ended) return this.closeSoon();
    flush();
    this.sendHeld();
    this.socket.end();
    this.deadline.arm(this.host.limits.lingerMs);
    this.resume();
  }

  join(exchange: ServerExchange, tunnel: WireTunnel): void {
    this.state = TUNNELLED;
    this.tunnel = tunnel;
    this.resume();
    tunnel.join(this, () => {
      exchange.over = true;
      this.host.counters.active--;
      exchange.events?.finished(exchange.bytesSent);
    });
  }

  bodyStarted(): void {
    const { exchange } = this;
    if (exchange?.expects === true) exchange.inform(100, []);
    this.deadline.arm(this.host.limits.bodyTimeoutMs);
  }

  bodyEnded(): void {
    this.deadline.disarm();
    if (this.exchange?.over === true) this.ready();
  }

  bodyBroken(): void {
    this.blame(400);
  }

  bodyTooLarge(): void {
    this.blame(413);
  }

  bodyCancelled(): void {
    if (this.exchange?.over === false) this.exchange.inflow?.discard();
  }

  bodyStarved(): void {
    const { exchange } = this;
    if (exchange !== undefined) this.abort(exchange, new Error("the client left"));
    this.destroy();
  }

  protected inputEnded(): void {
    const { exchange } = this;
    if (this.state === TUNNELLED) return this.tunnel?.finish();
    if (this.state !== BUSY || exchange === undefined) return this.destroy();
    const complete = exchange.inflow === undefined || exchange.inflow.over;
    if (complete && (this.host.limits.halfClosed === "serve" || this.refusing)) {
      exchange.keepAlive = false;
      return;
    }
    this.abort(exchange, new Error("the client left"));
    this.destroy();
  }

  protected gone(error: Error | undefined): void {
    const { host, exchange } = this;
    host.connections.delete(this);
    host.counters.open--;
    host.counters.bytesRead += this.bytesRead;
    host.counters.bytesWritten += this.bytesWritten;
    if (this.state === TUNNELLED) this.tunnel?.finish();
    else if (exchange !== undefined && !exchange.over)
      this.abort(exchange, error ?? new Error("the client left"));
  }

  timedOut(): void {
    if (this.state === HEAD) {
      if (this.at === this.end) return this.destroy();
      this.state = BUSY;
      this.host.counters.active++;
      this.refuse(408, undefined);
    } else if (this.state === BUSY) {
      if (this.exchange?.inflow?.paused === true) this.deadline.arm(this.host.limits.bodyTimeoutMs);
      else this.blame(408);
    } else this.destroy();
  }

  protected drained(): void {
    if (this.state === TUNNELLED) this.tunnel?.drained(this);
    else this.exchange?.drained();
  }

  sendTimedOut(): void {
    this.destroy();
  }

  /** Writes what is too large to be gathered. The bytes stay as they are. */
  writeLarge(bytes: Uint8Array): void {
    flush();
    this.write(bytes);
  }

  /** Closes when idle, or in any case. */
  retire(force: boolean): void {
    if (force) return this.destroy();
    if (this.state === HEAD && this.at === this.end) this.linger();
  }
}

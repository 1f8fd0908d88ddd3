import type { Socket } from "node:net";

import type { UpstreamExchange } from "./call.ts";
import {
  BodyReader,
  DONE,
  MORE,
  head,
  parseResponse,
  MAX_INTERIM,
  responseFraming,
  responseLimits,
} from "../../http1/index.ts";
import { type BodyCarrier, Inflow } from "./inflow.ts";
import { enter, leave } from "./outbox.ts";
import type { Pool } from "./pool.ts";
import { WireTunnel } from "./tunnel.ts";
import { WholeBody } from "./wholebody.ts";
import { Wire } from "./wire.ts";

const CONNECTING = 0;
const IDLE = 1;
const BUSY = 2;
const TUNNELLED = 3;

/** An HTTP/1.1 connection to an upstream, serving one exchange at a time. */
export class UpstreamConnection extends Wire implements BodyCarrier {
  /** Exchanges that began on this connection. */
  requests = 0;
  private readonly pool: Pool;
  private state = CONNECTING;
  private exchange: UpstreamExchange | undefined = undefined;
  private inflow: Inflow | undefined = undefined;
  private isReached = false;
  private untilClose = false;
  private reusable = false;
  private interim = 0;
  /** Bytes read and written before the exchange. */
  private readBefore = 0;
  private writtenBefore = 0;
  private tunnel: WireTunnel | undefined = undefined;
  private error: Error | undefined = undefined;

  constructor(socket: Socket, pool: Pool) {
    super(socket);
    this.pool = pool;
  }

  /** Reserves the connection for an exchange while it is being made. */
  reserve(exchange: UpstreamExchange, connectTimeoutMs: number): void {
    this.exchange = exchange;
    this.deadline.arm(connectTimeoutMs);
  }

  /** TCP is connected, and TLS begins. */
  reached(): void {
    this.isReached = true;
  }

  /** The connection is made, TLS included. */
  connected(): void {
    if (this.closed) return;
    this.deadline.disarm();
    const { exchange } = this;
    if (exchange === undefined) return this.destroy();
    enter();
    exchange.begin(this);
    leave();
  }

  /** Begins an exchange: what is put next is its request. */
  take(exchange: UpstreamExchange, sendTimeoutMs: number): void {
    this.deadline.disarm();
    this.exchange = exchange;
    this.state = BUSY;
    this.requests++;
    this.interim = 0;
    this.readBefore = this.bytesRead;
    this.writtenBefore = this.bytesWritten;
    this.limitSend(sendTimeoutMs);
  }

  /** True when a byte of the exchange was sent. */
  get sent(): boolean {
    return this.state !== CONNECTING && this.bytesWritten > this.writtenBefore;
  }

  /** True when the connection served before and nothing of this answer came: it was closed while it idled. */
  get stale(): boolean {
    return this.requests > 1 && this.bytesRead === this.readBefore;
  }

  protected advance(): void {
    if (this.state === TUNNELLED) this.tunnel?.forward(this);
    else if (this.state !== BUSY || !this.sent) {
      // Nothing was asked yet: whatever this is, it must never be taken for the answer to the next request.
      this.at = this.end;
      this.dropHeld();
      this.destroy();
    } else {
      while (this.inflow === undefined && this.at < this.end && this.state === BUSY)
        if (!this.readHead()) return;
      if (this.inflow?.started === true && this.state === BUSY) this.inflow.pump();
      const { exchange } = this;
      if (exchange?.requestEnded === true) this.deadline.arm(exchange.readTimeoutMs);
    }
  }

  /** @returns true when a head was read and the connection still serves the exchange. */
  private readHead(): boolean {
    const result = parseResponse(this.bytes, this.at, this.end, responseLimits);
    if (result === MORE) return false;
    const exchange = this.exchange!;
    if (result !== DONE) {
      this.fail("invalid_response", new Error("the response head is malformed"));
      return false;
    }
    const { status } = head;
    this.at += head.sizeBytes;
    if (status === 101) return this.switchProtocols(exchange);
    if (status < 200) {
      if (++this.interim > MAX_INTERIM) {
        this.fail("invalid_response", new Error("too many interim responses"));
        return false;
      }
      if (status !== 100) exchange.informed(status, head.headers);
      return true;
    }
    const framing = responseFraming(head, exchange.method);
    if (framing === undefined) {
      this.fail("invalid_response", new Error("the response is framed ambiguously"));
      return false;
    }
    this.reusable = framing !== "close" && !head.close && (head.minor === 1 || head.keepAlive);
    this.untilClose = framing === "close";
    const { reason, headers } = head;
    const httpVersion = head.minor === 0 ? "1.0" : "1.1";
    if (framing === "none") {
      this.release();
      exchange.responded({ status, reason, httpVersion, headers, body: undefined, tunnel: undefined });
      return false;
    }
    if (typeof framing === "number" && framing > 0 && this.end - this.at >= framing) {
      const body = new WholeBody(this.bytes.subarray(this.at, this.at + framing));
      this.at += framing;
      this.release();
      exchange.responded({ status, reason, httpVersion, headers, body, tunnel: undefined });
      body.keep();
      return false;
    }
    const reader = new BodyReader(framing, responseLimits);
    const length = typeof framing === "number" ? framing : undefined;
    const inflow = new Inflow(this, reader, length, Number.POSITIVE_INFINITY);
    this.inflow = inflow;
    exchange.responded({ status, reason, httpVersion, headers, body: inflow, tunnel: undefined });
    return this.inflow === inflow;
  }

  private switchProtocols(exchange: UpstreamExchange): boolean {
    if (!exchange.upgrades) {
      this.fail("invalid_response", new Error("a switch of protocols that nobody asked for"));
      return false;
    }
    this.state = TUNNELLED;
    this.exchange = undefined;
    this.deadline.disarm();
    const { reason, headers, minor } = head;
    this.tunnel = new WireTunnel(this, exchange.readTimeoutMs);
    const httpVersion = minor === 0 ? "1.0" : "1.1";
    exchange.responded({ status: 101, reason, httpVersion, headers, body: undefined, tunnel: this.tunnel });
    return false;
  }

  /** Gives the connection back: the response was read to its end. */
  private release(): void {
    const exchange = this.exchange!;
    this.deadline.disarm();
    this.exchange = undefined;
    this.inflow = undefined;
    const kept =
      this.reusable &&
      !exchange.isSingle &&
      exchange.requestEnded &&
      !this.ended &&
      this.at === this.end &&
      !this.congested;
    exchange.completed();
    if (!kept) {
      this.state = IDLE;
      this.destroy();
      return;
    }
    this.state = IDLE;
    this.forget();
    this.resume();
    this.pool.put(this);
  }

  /** The exchange is given up. */
  abandon(): void {
    this.dropHeld();
    this.exchange = undefined;
    this.inflow?.drop();
    this.inflow = undefined;
    this.destroy();
  }

  private fail(
    code: "invalid_response" | "read_timeout" | "write_timeout" | "connect_timeout",
    cause: Error,
  ): void {
    const { exchange, inflow } = this;
    const { sent } = this;
    this.exchange = undefined;
    this.inflow = undefined;
    this.at = this.end;
    this.destroy();
    exchange?.completed();
    if (inflow !== undefined) inflow.cut(cause);
    else exchange?.failed(code, sent, cause);
  }

  bodyStarted(): void {}

  bodyEnded(): void {
    this.release();
  }

  bodyBroken(): void {
    this.fail("invalid_response", new Error("the response body is malformed"));
  }

  bodyTooLarge(): void {}

  bodyCancelled(): void {
    this.exchange?.completed();
    this.abandon();
  }

  bodyStarved(): void {
    const { exchange, inflow } = this;
    this.exchange = undefined;
    this.inflow = undefined;
    this.destroy();
    exchange?.completed();
    // A reset is no end: only a clean FIN completes a body without length (RFC 9112 §8).
    const complete = this.untilClose && this.error === undefined;
    inflow?.cut(complete ? undefined : (this.error ?? new Error("the upstream closed within the response")));
  }

  protected inputEnded(): void {
    if (this.state === TUNNELLED) this.tunnel?.finish();
    else if (this.inflow === undefined) this.destroy();
    else if (this.at === this.end) this.bodyStarved();
  }

  protected gone(error: Error | undefined): void {
    this.ended = true;
    this.error = error;
    this.pool.drop(this);
    if (this.state === TUNNELLED) return this.tunnel?.finish();
    if (this.state === IDLE) return;
    const { exchange, inflow } = this;
    if (inflow !== undefined) {
      if (this.at === this.end) this.bodyStarved();
      return;
    }
    if (exchange === undefined) return;
    this.exchange = undefined;
    if (this.state === CONNECTING) exchange.notConnected(error, this.isReached);
    else exchange.lost(this, error);
  }

  timedOut(): void {
    if (this.state === TUNNELLED) this.tunnel?.finish();
    else if (this.state === IDLE) this.destroy();
    else if (this.state === CONNECTING) this.fail("connect_timeout", new Error("connecting took too long"));
    else if (this.inflow?.paused === true || (this.inflow !== undefined && !this.inflow.started))
      this.deadline.arm(this.exchange?.readTimeoutMs ?? 0);
    else this.fail("read_timeout", new Error("the upstream sent nothing for too long"));
  }

  sendTimedOut(): void {
    if (this.state === TUNNELLED) this.tunnel?.finish();
    else this.fail("write_timeout", new Error("the upstream took nothing for too long"));
  }

  protected drained(): void {
    if (this.state === TUNNELLED) this.tunnel?.drained(this);
    else this.exchange?.drained();
  }
}

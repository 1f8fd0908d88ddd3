import { type ErrorCode, errorTable } from "../errors.ts";
import type { Exchange, UpstreamTarget } from "../pdk/exchange.ts";
import { hostName } from "../pdk/request.ts";
import type { BodyStream } from "../ports/body.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type {
  Transport,
  UpstreamCall,
  UpstreamFailure,
  UpstreamFailureCode,
  UpstreamListener,
  UpstreamRequest,
  UpstreamResponse,
} from "../ports/transport.ts";
import type { Balancer, Peer } from "./balancer.ts";
import type { ProxyOptions } from "./options.ts";
import { ReplayBody } from "./replay.ts";
import { hostFor, upstreamHeaders } from "./request.ts";
import { withServerName } from "./tls.ts";

const errorOf: Readonly<Record<UpstreamFailureCode, ErrorCode>> = {
  name_not_resolved: "name_not_resolved",
  connect_refused: "upstream_unreachable",
  connect_timeout: "upstream_timeout",
  tls_failed: "upstream_unreachable",
  write_timeout: "upstream_timeout",
  read_timeout: "upstream_timeout",
  connection_closed: "upstream_unreachable",
  invalid_response: "upstream_invalid",
  not_possible: "upstream_invalid",
};

// Once a byte went out, repeating these may do the work twice (nginx: non_idempotent).
const isIdempotent = (method: string): boolean =>
  method !== "POST" && method !== "LOCK" && method !== "PATCH";

const noPeers: readonly Peer[] = [];

/** Told about the outcome of all tries together: exactly one of the two, unless cancelled. */
export interface AttemptListener {
  informed(status: number, headers: string[]): void;
  responded(response: UpstreamResponse): void;
  /** No try succeeded. */
  gaveUp(code: ErrorCode, failure: UpstreamFailure | undefined): void;
}

export interface AttemptPorts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly balancer: Balancer;
  readonly options: ProxyOptions;
}

/** Asks the upstream, again where that is safe: each try another address, as the balancer says. */
export class Attempt implements UpstreamListener {
  private readonly exchange: Exchange;
  private readonly target: UpstreamTarget;
  private readonly ports: AttemptPorts;
  private readonly listener: AttemptListener;
  private call: UpstreamCall | undefined;
  private peer: Peer | undefined;
  private failedPeers: readonly Peer[] = noPeers;
  private triesLeft: number;
  private sentAtMs = 0;
  private body: BodyStream | undefined;
  private replay: ReplayBody | undefined;
  private isCancelled = false;

  constructor(exchange: Exchange, target: UpstreamTarget, ports: AttemptPorts, listener: AttemptListener) {
    this.exchange = exchange;
    this.target = target;
    this.ports = ports;
    this.listener = listener;
    this.triesLeft = target.retries;
  }

  start(): void {
    const { request, route } = this.exchange;
    const { body } = request;
    if (body === undefined) {
      this.send();
      return;
    }
    // A chunked body is read ahead, so that a short one goes out with its length, as a buffering proxy tells it.
    const isBuffered = body.lengthBytes === undefined && route?.request_buffering !== false;
    if (!isBuffered && !isIdempotent(request.method)) {
      this.body = body;
      this.send();
      return;
    }
    this.replay = new ReplayBody(body, this.ports.options.maxReplayBytes);
    this.body = this.replay;
    if (isBuffered) void this.replay.prefetch().then(() => this.send());
    else this.send();
  }

  /** Gives up: nothing is told any more. */
  cancel(): void {
    this.isCancelled = true;
    this.call?.cancel();
    this.finish();
    if (this.replay !== undefined) this.replay.abandon();
    else this.body?.cancel();
  }

  private send(): void {
    if (this.isCancelled) return;
    const { exchange, ports, target } = this;
    const startedAtMs = ports.clock.nowMs();
    const picked = ports.balancer.pick(exchange, target, this.failedPeers);
    if (picked instanceof Promise) {
      picked.then(
        (peer) => this.sendTo(peer, startedAtMs, ports.clock.nowMs()),
        (error: unknown) => {
          ports.logger.log("error", "the balancer failed", { error });
          this.sendTo("unexpected", startedAtMs, startedAtMs);
        },
      );
    } else {
      this.sendTo(picked, startedAtMs, startedAtMs);
    }
  }

  private sendTo(peer: Peer | ErrorCode, startedAtMs: number, nowMs: number): void {
    const { exchange, ports, target } = this;
    if (this.isCancelled) {
      if (typeof peer === "object") ports.balancer.release(peer);
      return;
    }
    if (typeof peer === "string") {
      this.listener.gaveUp(peer, undefined);
      return;
    }
    this.peer = peer;
    this.sentAtMs = nowMs;
    if (exchange.proxyLatencyMs < 0) exchange.proxyLatencyMs = nowMs - exchange.startedAtMs;
    (exchange.tries ??= []).push({
      address: peer.address.host,
      port: peer.address.port,
      startedAtMs,
      latencyMs: nowMs - startedAtMs,
      state: undefined,
      status: undefined,
    });
    const { request } = exchange;
    const hostHeader = hostFor(exchange, target, peer);
    const outgoing: UpstreamRequest = {
      method: request.method,
      target: request.query === undefined ? target.path : `${target.path}?${request.query}`,
      httpVersion: target.scheme === "grpc" || target.scheme === "grpcs" ? "2" : "1.1",
      headers: upstreamHeaders(exchange, hostHeader, ports.options),
      body: this.body,
      upgrade: request.isWebSocketUpgrade ? "websocket" : undefined,
      connectTimeoutMs: target.connectTimeoutMs,
      writeTimeoutMs: target.writeTimeoutMs,
      readTimeoutMs: target.readTimeoutMs,
    };
    const { address } = peer;
    const { tls } = address;
    // The name that is asked for is the name that has to prove itself.
    const named =
      tls === undefined ? address : { ...address, tls: withServerName(tls, hostName(hostHeader)) };
    this.call = ports.transport.send(named, outgoing, this);
  }

  informed(status: number, headers: string[]): void {
    this.listener.informed(status, headers);
  }

  responded(response: UpstreamResponse): void {
    const { exchange, ports } = this;
    exchange.upstreamLatencyMs = ports.clock.nowMs() - this.sentAtMs;
    const last = exchange.tries!.at(-1)!;
    last.status = response.status;
    if (this.peer !== undefined)
      ports.balancer.report(this.peer, response.status, exchange.upstreamLatencyMs);
    this.listener.responded(response);
  }

  failed(failure: UpstreamFailure): void {
    const { exchange, ports } = this;
    const code = errorOf[failure.code];
    const last = exchange.tries!.at(-1)!;
    last.state = "failed";
    last.status = errorTable[code].status;
    exchange.upstreamLatencyMs = ports.clock.nowMs() - this.sentAtMs;
    if (this.peer !== undefined) {
      ports.balancer.report(this.peer, failure.code, exchange.upstreamLatencyMs);
      this.failedPeers = [...this.failedPeers, this.peer];
    }
    this.finish();
    ports.logger.log("error", `upstream ${last.address}:${last.port} failed: ${failure.code}`, {
      requestId: exchange.id,
      error: failure.cause,
    });
    if (this.triesLeft > 0 && errorTable[code].retryable && this.canRepeat(failure)) {
      this.triesLeft--;
      this.send();
      return;
    }
    this.listener.gaveUp(code, failure);
  }

  /** The exchange is over: the last try's address is free. Harmless when called again. */
  finish(): void {
    if (this.peer !== undefined) this.ports.balancer.release(this.peer);
    this.peer = undefined;
  }

  private canRepeat(failure: UpstreamFailure): boolean {
    if (!failure.requestSent) return this.replay === undefined || this.replay.canRestart;
    if (!isIdempotent(this.exchange.request.method)) return false;
    return this.body === undefined || this.replay?.canRestart === true;
  }
}

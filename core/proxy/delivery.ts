import { BytesBody, readAll } from "../http/bodies.ts";
import { bareStatus } from "../http/errorpage.ts";
import type { Exchange } from "../pdk/exchange.ts";
import type { Handled } from "../pdk/plugin.ts";
import type { Downstream as LaterPhases, PluginInstance } from "../pipeline/plan.ts";
import type { OutgoingBody } from "../ports/body.ts";
import type { Clock } from "../ports/clock.ts";
import type { Downstream } from "../ports/downstream.ts";
import type { Logger } from "../ports/logger.ts";
import type { UpstreamResponse } from "../ports/transport.ts";
import { applyFilters, FilteredBody } from "./filtered.ts";
import type { ProxyOptions } from "./options.ts";
import { clientHeaders } from "./response.ts";

export interface DeliveryPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly options: ProxyOptions;
}

/** The most of an upstream's response that a `response` phase may hold. */
const maxBufferedBytes = 64 * 1024 * 1024;

const encoder = new TextEncoder();

/** The last part of an exchange: from a response, whoever made it, to the client. */
export class Delivery {
  private readonly exchange: Exchange;
  private readonly phases: LaterPhases;
  private readonly ports: DeliveryPorts;
  private readonly downstream: Downstream;
  private readonly upstream: UpstreamResponse | undefined;
  /** True once the head is the listener's: nothing can take its place any more. */
  hasResponded = false;

  constructor(
    exchange: Exchange,
    phases: LaterPhases,
    ports: DeliveryPorts,
    downstream: Downstream,
    upstream: UpstreamResponse | undefined,
  ) {
    this.exchange = exchange;
    this.phases = phases;
    this.ports = ports;
    this.downstream = downstream;
    this.upstream = upstream;
  }

  start(): Handled {
    const { exchange, phases } = this;
    const { response } = exchange;
    if (
      phases.response !== undefined &&
      response.source === "service" &&
      this.upstream?.tunnel === undefined
    ) {
      return this.buffer();
    }
    return this.send();
  }

  private async buffer(): Promise<void> {
    const { exchange, phases } = this;
    const { response } = exchange;
    const body = response.body;
    if (typeof body === "object" && !(body instanceof Uint8Array))
      response.body = await readAll(body, maxBufferedBytes);
    for (const instance of phases.response!) {
      await instance.phases.response!(exchange);
      if (exchange.hasExited) break;
    }
    await this.send();
  }

  private send(): Handled {
    const { exchange, phases } = this;
    if (exchange.response.body === undefined && exchange.hasExited) this.fillBareStatus();
    const filtered = phases.headerFilter && this.filterHead(phases.headerFilter);
    if (filtered instanceof Promise) return filtered.then(() => this.respond());
    return this.respond();
  }

  private respond(): void {
    const { exchange, phases, ports, upstream } = this;
    const { response } = exchange;
    const wasAsked = exchange.tries !== undefined || exchange.answersForUpstream;
    const version = upstream?.httpVersion === "2" ? "2" : "1.1";
    const headers = clientHeaders(
      exchange,
      ports.options.tokens,
      wasAsked ? version : undefined,
      ports.clock,
    );
    const isBodiless =
      exchange.request.method === "HEAD" || response.status === 204 || response.status === 304;
    const body =
      isBodiless || phases.bodyFilter === undefined ? response.body : this.filteredBody(phases.bodyFilter);
    response.sent = headers;
    this.hasResponded = true;
    this.downstream.respond({
      status: response.status,
      reason: response.reason,
      headers,
      body: isBodiless ? undefined : body,
      declaredLengthBytes: isBodiless && response.status !== 204 ? this.declaredLengthBytes : undefined,
      tunnel: upstream?.tunnel !== undefined && response.source === "service" ? upstream.tunnel : undefined,
    });
  }

  /** An answer that is a status alone looks as it does behind Kong. */
  private fillBareStatus(): void {
    const { exchange } = this;
    const { response } = exchange;
    if (response.headers.has("grpc-status")) return;
    const bare = bareStatus(response.status);
    if (bare === undefined) return;
    const { headers, source } = response;
    if (bare === "negotiated") {
      exchange.transportError(response.status, undefined, source === "error" ? "error" : "exit");
    } else {
      exchange.exit(response.status, bare.page, [["Content-Type", "text/html"]]);
      response.source = source;
    }
    for (const [name, value] of headers) {
      if (name.toLowerCase() !== "content-length") response.headers.setIfAbsent(name, value);
    }
  }

  /** Goes on without a microtask as long as no filter has to wait. */
  private filterHead(filters: readonly PluginInstance[], from = 0, hasFailed = false): Handled {
    let isBroken = hasFailed;
    for (let i = from; i < filters.length; i++) {
      const { name, phases } = filters[i]!;
      try {
        const handled = phases.headerFilter!(this.exchange);
        if (handled === undefined) continue;
        return handled.then(
          () => this.filterHead(filters, i + 1, isBroken),
          (error: unknown) => {
            this.tellBroken(name, error);
            return this.filterHead(filters, i + 1, true);
          },
        );
      } catch (error) {
        isBroken = true;
        this.tellBroken(name, error);
      }
    }
    // What a broken filter should have removed must not leave: the response is replaced.
    if (isBroken) this.exchange.error(500, undefined, undefined, "error");
    return undefined;
  }

  private tellBroken(name: string, error: unknown): void {
    const { ports, exchange } = this;
    ports.logger.log("error", `${name} failed in its header filter`, { requestId: exchange.id, error });
  }

  /** What the head says, as filters left it. */
  private get declaredLengthBytes(): number | undefined {
    const declared = this.exchange.response.headers.get("content-length");
    return declared !== undefined && /^\d+$/.test(declared) ? Number(declared) : undefined;
  }

  private filteredBody(filters: readonly PluginInstance[]): OutgoingBody {
    const { exchange, ports, declaredLengthBytes } = this;
    const { body } = exchange.response;
    const report = (error: unknown): void =>
      ports.logger.log("error", "a body filter failed", { requestId: exchange.id, error });
    if (typeof body === "object" && !(body instanceof Uint8Array)) {
      return new FilteredBody(body, filters, exchange, declaredLengthBytes, report);
    }
    const bytes = typeof body === "string" ? encoder.encode(body) : (body ?? new Uint8Array(0));
    const filtered = applyFilters(filters, exchange, bytes, true) ?? new Uint8Array(0);
    // A filter that took the length away is taken at its word, as where the upstream's body streams.
    return declaredLengthBytes === undefined ? BytesBody.chunked(filtered) : filtered;
  }
}

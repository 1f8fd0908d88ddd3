import type { Exchange } from "../../pdk/index.ts";
import { type Current, newId, resized } from "../../pdk/trace/index.ts";
import type { Random } from "../../ports/random.ts";
import type { Span } from "./otlp.ts";

/** The trace of an exchange. */
export interface Trace {
  /** The exchange itself. */
  readonly root: Current;
  /** The last try to reach the upstream: what the upstream is told. */
  readonly upstreamSpanId: string;
}

const rootSpan = (exchange: Exchange, { root }: Trace, endedAtMs: number): Span => {
  const { request, response, route, consumer } = exchange;
  const host = request.host ?? "";
  return {
    traceId: resized(root.traceId, 32),
    spanId: root.spanId,
    parentId: root.parentId,
    name: "kong",
    kind: "server",
    startedAtMs: exchange.startedAtMs,
    endedAtMs,
    attributes: {
      "http.method": request.method,
      "http.url": `${request.scheme}://${host}${request.target}`,
      "http.host": host,
      "http.scheme": request.scheme,
      "http.flavor": request.httpVersion,
      "http.client_ip": request.peerAddress,
      "net.peer.ip": request.peerAddress,
      "http.status_code": response.status,
      "http.route": exchange.prefix ?? route?.name ?? undefined,
      "kong.request.id": exchange.id,
      ...(consumer && { "kong.consumer": consumer.username ?? consumer.id }),
    },
    isError: response.status >= 500,
  };
};

/** The spans of an exchange that is over: itself, and each try to reach the upstream. */
export const spansOf = (exchange: Exchange, trace: Trace, nowMs: number, random: Random): Span[] => {
  const root = rootSpan(exchange, trace, nowMs);
  const tries = exchange.tries ?? [];
  const spans = tries.map((one, i): Span => {
    const isLast = i === tries.length - 1;
    const waitedMs = Math.max(0, exchange.upstreamLatencyMs);
    const endedAtMs = isLast ? one.startedAtMs + one.latencyMs + waitedMs : tries[i + 1]!.startedAtMs;
    return {
      traceId: root.traceId,
      spanId: isLast ? trace.upstreamSpanId : newId(random, 8),
      parentId: root.spanId,
      name: "kong.balancer",
      kind: "client",
      startedAtMs: one.startedAtMs,
      endedAtMs,
      attributes: {
        "net.peer.ip": one.address,
        "net.peer.port": one.port,
        "net.peer.name": exchange.upstream?.host,
        "http.status_code": one.status,
        try_count: i + 1,
      },
      isError: one.state === "failed",
    };
  });
  return [root, ...spans];
};

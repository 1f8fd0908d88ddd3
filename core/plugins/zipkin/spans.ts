import type { Exchange } from "../../pdk/index.ts";
import { type Current, newId, resized } from "../../pdk/trace/index.ts";
import type { Random } from "../../ports/random.ts";
import type { Config } from "./schema.ts";

/** The trace of an exchange. */
export interface Trace {
  readonly traceId: string;
  /** Of the caller. */
  readonly parentId: string | undefined;
  /** The exchange, and its part towards the upstream: what the upstream is told. */
  readonly requestSpanId: string;
  readonly proxySpanId: string;
  readonly isSampled: boolean;
  accessedAtMs: number;
  headAtMs: number | undefined;
}

export const currentOf = ({ traceId, proxySpanId, requestSpanId, isSampled }: Trace): Current => ({
  traceId,
  spanId: proxySpanId,
  parentId: requestSpanId,
  isSampled,
});

type Span = Record<string, unknown>;
type Tags = Record<string, string>;

const endpoint = (address: string, port: number): Record<string, unknown> => ({
  ...(address.includes(":") ? { ipv6: address } : /^[\d.]+$/.test(address) && { ipv4: address }),
  port,
});

/** `a=1; b=2`; what can't be read is left out. */
const tagsOf = (header: string | undefined): Tags =>
  Object.fromEntries(
    (header ?? "").split(";").flatMap((part) => {
      const [name = "", value = ""] = part.split("=", 2).map((side) => side.trim());
      return name === "" || value === "" ? [] : [[name, value] as const];
    }),
  );

const microseconds = (ms: number): number => Math.max(1, Math.round(ms * 1000));

/** The spans of an exchange that is over, as Zipkin's API v2 takes them. */
export const spansOf = (
  exchange: Exchange,
  trace: Trace,
  config: Config,
  nowMs: number,
  random: Random,
): Span[] => {
  const { request, response, route, service, consumer, credential, tries = [] } = exchange;
  const name = config.http_span_name === "method" ? request.method : `${request.method} ${request.rawPath}`;
  const traceId = resized(trace.traceId, trace.traceId.length > 16 ? 32 : 16);
  const localEndpoint = { serviceName: config.local_service_name };
  const common = { traceId, localEndpoint };
  const place: Tags = {
    ...(route && { "kong.route": route.id, ...(route.name && { "kong.route_name": route.name }) }),
    ...(service && {
      "kong.service": service.id,
      ...(service.name && { "kong.service_name": service.name }),
    }),
  };
  const error: Tags = response.status >= 500 ? { error: "true" } : {};
  const startedAtMs = exchange.startedAtMs;
  const phases = phaseTimes(exchange, trace, nowMs);
  const whole: Span = {
    ...common,
    id: trace.requestSpanId,
    ...(trace.parentId !== undefined && { parentId: trace.parentId }),
    kind: "SERVER",
    name,
    timestamp: microseconds(startedAtMs),
    duration: microseconds(nowMs - startedAtMs),
    remoteEndpoint: endpoint(request.peerAddress, request.peerPort),
    tags: {
      lc: "kong",
      "http.method": request.method,
      "http.host": (request.host ?? "").replace(/:\d+$/, ""),
      "http.path": request.rawPath,
      "http.protocol": `HTTP/${request.httpVersion}`,
      "http.status_code": String(response.status),
      ...Object.fromEntries((config.static_tags ?? []).map(({ name, value }) => [name, value])),
      ...tagsOf(request.headers.get(config.tags_header)),
      ...(consumer && { "kong.consumer": consumer.id }),
      ...(config.include_credential && credential && { "kong.credential": credential.id }),
      ...error,
    },
  };
  const last = tries.at(-1);
  const serviceName = service?.name ?? config.default_service_name ?? undefined;
  const proxy: Span = {
    ...common,
    id: trace.proxySpanId,
    parentId: trace.requestSpanId,
    kind: "CLIENT",
    name: `${name} (proxy)`,
    timestamp: microseconds(phases[0]!.fromMs),
    duration: microseconds(nowMs - phases[0]!.fromMs),
    remoteEndpoint: {
      ...(serviceName !== undefined && { serviceName }),
      ...(last && endpoint(last.address, last.port)),
    },
    ...(config.phase_duration_flavor === "annotations" && {
      annotations: phases.flatMap(({ letter, fromMs, toMs }) => [
        { timestamp: microseconds(fromMs), value: `k${letter}s` },
        { timestamp: microseconds(toMs), value: `k${letter}f` },
      ]),
    }),
    tags: {
      ...place,
      ...(config.phase_duration_flavor === "tags" &&
        Object.fromEntries(
          phases.map(({ name, fromMs, toMs }) => [`kong.${name}.duration_ms`, String(toMs - fromMs)]),
        )),
      "peer.hostname": exchange.upstream?.host ?? "",
      ...error,
    },
  };
  const attempts = tries.map((one, i): Span => {
    const isLast = i === tries.length - 1;
    const endMs = isLast
      ? one.startedAtMs + one.latencyMs + Math.max(0, exchange.upstreamLatencyMs)
      : tries[i + 1]!.startedAtMs;
    return {
      ...common,
      id: newId(random, 8),
      parentId: trace.requestSpanId,
      kind: "CLIENT",
      name: `${name} (balancer try ${i + 1})`,
      timestamp: microseconds(one.startedAtMs),
      duration: microseconds(endMs - one.startedAtMs),
      remoteEndpoint: {
        ...(serviceName !== undefined && { serviceName }),
        ...endpoint(one.address, one.port),
      },
      tags: {
        "kong.balancer.try": String(i + 1),
        ...place,
        ...(one.state === "failed" && { error: "true", "kong.balancer.state": one.state }),
        ...(one.status !== undefined && { "http.status_code": String(one.status) }),
      },
    };
  });
  return [whole, ...(tries.length > 0 ? [proxy] : []), ...attempts];
};

interface Phase {
  readonly letter: string;
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** When the phases of an exchange began and ended. */
const phaseTimes = (exchange: Exchange, trace: Trace, nowMs: number): Phase[] => {
  const accessedAtMs = trace.accessedAtMs;
  const headAtMs = trace.headAtMs ?? nowMs;
  const sentAtMs = exchange.tries?.[0]?.startedAtMs ?? headAtMs;
  return [
    { letter: "a", name: "access", fromMs: accessedAtMs, toMs: sentAtMs },
    { letter: "h", name: "header_filter", fromMs: headAtMs, toMs: headAtMs },
    { letter: "b", name: "body_filter", fromMs: headAtMs, toMs: nowMs },
  ];
};

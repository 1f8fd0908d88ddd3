import { withCharset } from "../http/charset.ts";
import { httpDate } from "../http/date.ts";
import { fieldKinds } from "../http/fieldkind.ts";
import { listedByConnection } from "../http/hopbyhop.ts";
import type { Exchange } from "../pdk/exchange.ts";
import type { Clock } from "../ports/clock.ts";
import type { ResponseTokens } from "./options.ts";

// What concerns the upstream's connection only, and what the listener or this file writes.
const kindOf = fieldKinds({
  connection: "connection",
  "keep-alive": "hop",
  "proxy-connection": "hop",
  "transfer-encoding": "hop",
  "content-length": "hop",
  // The gateway's own words: an upstream's would stand beside them.
  "x-kong-request-id": "hop",
  "x-kong-upstream-latency": "hop",
  "x-kong-proxy-latency": "hop",
  upgrade: "upgrade",
  via: "via",
  server: "server",
  date: "date",
  trailer: "trailer",
  "content-type": "type",
  // Orders to nginx, never obeyed and nobody else's business.
  "x-accel-redirect": "hop",
  "x-accel-buffering": "hop",
  "x-accel-charset": "hop",
  "x-accel-expires": "hop",
  "x-accel-limit-rate": "hop",
});

const dropListed = (out: string[], listed: ReadonlySet<string>): string[] =>
  out.filter((_, i) => !listed.has(out[i - (i % 2)]!.toLowerCase()));

/**
 * The fields that go to the client: the response's as filters left them, less those of the upstream's
 * connection, with the gateway's own, which no plugin can remove.
 *
 * @param upstreamVersion HTTP version of the upstream's answer, undefined when none was asked.
 */
export const clientHeaders = (
  exchange: Exchange,
  tokens: ResponseTokens,
  upstreamVersion: "1.1" | "2" | undefined,
  clock: Clock,
): string[] => {
  const { response } = exchange;
  const { flat } = response.headers;
  const isOwn = response.source !== "service";
  let out: string[] = [];
  let listed: Set<string> | undefined;
  let hasServer = false;
  let hasDate = false;
  let via: string | undefined;
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!;
    const value = flat[i + 1]!;
    switch (kindOf(name)) {
      case undefined:
        out.push(name, value);
        break;
      case "type":
        out.push(
          name,
          (response.status === 301 || response.status === 302 ? undefined : withCharset(value)) ?? value,
        );
        break;
      case "date":
        hasDate = true;
        out.push(name, value);
        break;
      case "server":
        hasServer = true;
        out.push(name, value);
        break;
      case "via":
        via ??= value;
        break;
      case "connection":
        listed ??= listedByConnection(value);
        break;
      case "trailer":
        if (exchange.request.headers.has("te")) out.push(name, value);
        break;
      case "upgrade":
        // The gateway's own 426 names what to upgrade to; the listener adds it to Connection.
        if (isOwn) out.push(name, value);
        break;
    }
  }
  if (listed !== undefined) out = dropListed(out, listed);
  if (!hasServer && tokens.server !== undefined) out.push("Server", tokens.server);
  if (isOwn && !hasDate) out.push("Date", httpDate(clock.nowMs()));
  if (upstreamVersion === undefined) {
    // Of a plugin that fetched the answer from elsewhere.
    if (via !== undefined) out.push("Via", via);
    if (tokens.responseLatency) {
      // What a plugin waited for another service is not the gateway's.
      const waitedMs = Math.max(0, exchange.upstreamLatencyMs);
      out.push(
        "X-Kong-Response-Latency",
        String(Math.max(0, clock.nowMs() - exchange.startedAtMs - waitedMs)),
      );
    }
  } else {
    if (tokens.upstreamStatus && exchange.upstreamStatus !== undefined)
      out.push("X-Kong-Upstream-Status", String(exchange.upstreamStatus));
    if (tokens.upstreamLatency)
      out.push("X-Kong-Upstream-Latency", String(Math.max(0, exchange.upstreamLatencyMs)));
    if (tokens.proxyLatency) out.push("X-Kong-Proxy-Latency", String(Math.max(0, exchange.proxyLatencyMs)));
    if (tokens.via !== undefined) {
      const own = tokens.via[upstreamVersion];
      out.push("Via", via === undefined ? own : `${via}, ${own}`);
    }
  }
  if (exchange.addedFields !== undefined) out.push(...exchange.addedFields);
  if (tokens.requestId) out.push("X-Kong-Request-Id", exchange.id);
  return out;
};

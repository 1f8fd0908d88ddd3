import { withCharset } from "../http/charset.ts";
import { listedByConnection } from "../http/hopbyhop.ts";
import { httpDate } from "../http/date.ts";
import type { Exchange } from "../pdk/exchange.ts";
import type { ResponseTokens } from "./options.ts";

// What concerns the upstream's connection only, and what the listener or this file writes.
const dropped = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "content-length",
  "upgrade",
  "via",
  "x-kong-request-id",
  // Orders to nginx, never obeyed and nobody else's business.
  "x-accel-redirect",
  "x-accel-buffering",
  "x-accel-charset",
  "x-accel-expires",
  "x-accel-limit-rate",
];
const droppedByLength: (string[] | undefined)[] = [];
for (const name of dropped) (droppedByLength[name.length] ??= []).push(name);

/**
 * The fields that go to the client: the response's as filters left them, less those of the upstream's
 * connection, with the gateway's own, which no plugin can remove.
 *
 * @param upstreamVersion HTTP version of the upstream's answer, undefined when none was asked.
 * @param nowMs Milliseconds since the epoch.
 */
export const clientHeaders = (
  exchange: Exchange,
  tokens: ResponseTokens,
  upstreamVersion: string | undefined,
  nowMs: number,
): string[] => {
  const { response, request } = exchange;
  const { flat } = response.headers;
  const connection = response.headers.get("connection");
  const listed = connection === undefined ? undefined : listedByConnection(connection);
  const acceptsTrailers = request.headers.has("te");
  const out: string[] = [];
  let hasServer = false;
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!;
    const value = flat[i + 1]!;
    const candidates = droppedByLength[name.length];
    if (candidates !== undefined && candidates.includes(name.toLowerCase())) {
      // The gateway's own 426 names what to upgrade to; the listener adds it to Connection.
      if (name.length === 7 && response.source !== "service") out.push(name, value);
      continue;
    }
    if (listed !== undefined && listed.has(name.toLowerCase())) continue;
    if (name.length === 12 && name.toLowerCase() === "content-type") {
      const isMoved = response.status === 301 || response.status === 302;
      out.push(name, (isMoved ? undefined : withCharset(value)) ?? value);
      continue;
    }
    if (name.length === 6 && name.toLowerCase() === "server") hasServer = true;
    else if (name.length === 7 && !acceptsTrailers && name.toLowerCase() === "trailer") continue;
    out.push(name, value);
  }
  if (!hasServer && tokens.server !== undefined) out.push("Server", tokens.server);
  if (response.source !== "service") out.push("Date", httpDate(nowMs));
  if (upstreamVersion === undefined) {
    if (tokens.latencies)
      out.push("X-Kong-Response-Latency", String(Math.max(0, nowMs - exchange.startedAtMs)));
  } else {
    if (tokens.latencies) {
      out.push("X-Kong-Upstream-Latency", String(Math.max(0, exchange.upstreamLatencyMs)));
      out.push("X-Kong-Proxy-Latency", String(Math.max(0, exchange.proxyLatencyMs)));
    }
    if (tokens.via !== undefined) {
      const before = response.headers.get("via");
      const own = `${upstreamVersion} ${tokens.via}`;
      out.push("Via", before === undefined ? own : `${before}, ${own}`);
    }
  }
  if (tokens.requestId) out.push("X-Kong-Request-Id", exchange.id);
  return out;
};

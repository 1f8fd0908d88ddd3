import { defaultWorkspaceId } from "../entities/index.ts";
import { HeaderList } from "../http/headers.ts";
import { fromByteString } from "../http/utf8.ts";
import type { Exchange, Try } from "./exchange.ts";
import { hostName } from "./request.ts";

/** What log plugins tell about an exchange. */
export type LogRecord = Record<string, unknown>;

/** Sets what lies at a path; undefined takes it away. */
const put = (record: LogRecord, path: readonly string[], value: unknown): void => {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    if (value === undefined) delete record[name];
    else Object.defineProperty(record, name, { value, enumerable: true, writable: true, configurable: true });
    return;
  }
  const inner = Object.hasOwn(record, name) ? record[name] : undefined;
  const next: LogRecord = typeof inner === "object" && inner !== null ? { ...inner } : {};
  put(next, rest, value);
  put(record, [name], next);
};

/** Sets a field of a record; undefined takes it away, dots in the name lead into inner objects. */
export const setField = (record: LogRecord, name: string, value: unknown): void =>
  put(record, name.split("."), value);

const secret = new Set(["authorization", "proxy-authorization"]);

/** Bytes as text; those that are no UTF-8 are replaced. */
const told = (bytes: string): string => fromByteString(bytes).toWellFormed();

/** Names in small letters, repeated ones as a list. */
const fieldsOf = (headers: HeaderList): Record<string, string | string[]> => {
  const found = new Map<string, string | string[]>();
  for (const [name, bytes] of headers) {
    const key = name.toLowerCase();
    const value = told(bytes);
    const before = found.get(key);
    if (before === undefined) found.set(key, value);
    else if (Array.isArray(before)) before.push(value);
    else found.set(key, [before, value]);
  }
  return Object.fromEntries(found);
};

const requestFields = (headers: HeaderList): Record<string, string | string[]> => {
  const fields = fieldsOf(headers);
  for (const name of secret) if (name in fields) fields[name] = "REDACTED";
  return fields;
};

const tryOf = ({ address, port, startedAtMs, latencyMs, state, status }: Try): LogRecord => ({
  ip: address,
  port,
  balancer_start: startedAtMs,
  balancer_start_ns: startedAtMs * 1e6,
  balancer_latency: Math.floor(latencyMs),
  balancer_latency_ns: Math.round(latencyMs * 1e6),
  ...(state !== undefined && { state, code: status }),
});

const rowOf = (row: object): LogRecord =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined));

const requestOf = ({ id, request }: Exchange): LogRecord => {
  const { tls } = request.connection;
  return {
    id,
    method: request.method,
    uri: told(request.target),
    url: `${request.scheme}://${hostName(request.host ?? "")}:${request.localPort}${told(request.target)}`,
    querystring: Object.fromEntries(request.queryArguments),
    headers: requestFields(request.headers),
    size: request.sizeBytes,
    ...(tls && { tls: { version: tls.version, cipher: tls.cipher, client_verify: "NONE" } }),
  };
};

const responseOf = ({ response, sentBytes }: Exchange): LogRecord => {
  const headers = fieldsOf(
    response.sent === undefined ? response.headers : new HeaderList([...response.sent]),
  );
  const length = response.headers.get("content-length");
  if (length === undefined) headers["transfer-encoding"] = "chunked";
  else headers["content-length"] = length;
  // Of the gateway's own answers the log tells what plugins and core set, not what the listener dates.
  if (response.source !== "service") delete headers["date"];
  // What Kong's log says of every response (measured on 3.9.1).
  headers["connection"] = "close";
  return { status: response.status, headers, size: sentBytes };
};

const latenciesOf = (exchange: Exchange, nowMs: number): LogRecord => {
  const request = Math.max(0, nowMs - exchange.startedAtMs);
  const { proxyLatencyMs, upstreamLatencyMs } = exchange;
  const kong = proxyLatencyMs < 0 ? request : proxyLatencyMs;
  return {
    kong,
    proxy: upstreamLatencyMs,
    request,
    receive: Math.max(0, request - kong - Math.max(0, upstreamLatencyMs)),
  };
};

/**
 * Everything about an exchange, in the form that log plugins send (Kong's `log.serialize`). Credentials in headers
 * are left out.
 *
 * @param nowMs Milliseconds since the epoch, at the end of the exchange.
 */
export const logRecord = (exchange: Exchange, nowMs: number): LogRecord => {
  const { upstream, match, request, tries, route, service, consumer, credential, response } = exchange;
  const path = upstream?.path ?? match?.upstreamPath;
  const query = request.query === undefined ? "" : `?${request.query}`;
  const record: LogRecord = {
    request: requestOf(exchange),
    response: responseOf(exchange),
    latencies: latenciesOf(exchange, nowMs),
    ...(route && { tries: (tries ?? []).map(tryOf) }),
    ...(path !== undefined && { upstream_uri: path + query }),
    upstream_status: (tries ?? []).map(({ status }) => String(status ?? "-")).join(", "),
    ...(credential && { authenticated_entity: { id: credential.id } }),
    ...(route && { route: { ws_id: defaultWorkspaceId, ...rowOf(route) } }),
    ...(service && { service: { ws_id: defaultWorkspaceId, ...rowOf(service) } }),
    ...(consumer && { consumer: rowOf(consumer) }),
    client_ip: request.peerAddress,
    started_at: exchange.startedAtMs,
    source: response.source === "service" ? "upstream" : "kong",
    workspace: defaultWorkspaceId,
    workspace_name: "default",
  };
  for (const [name, value] of exchange.logValues ?? []) setField(record, name, value);
  return record;
};

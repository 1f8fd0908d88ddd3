import path from "node:path";
import type { PropertyName, Texts } from "./properties.ts";
import { bytesOf, listOf, msOf } from "./value.ts";

export type AccessLogFormat = "kong" | "combined" | "json";

export interface AccessLogConf {
  /** Absolute path. */
  readonly file: string;
  readonly format: AccessLogFormat;
}

const formats: readonly string[] = ["kong", "combined", "json"];

/** Reads `file [format]`. nginx's own formats that are no form here are the default one. */
export const accessLogConf = (
  texts: Texts,
  name: PropertyName,
  prefix: string,
): AccessLogConf | undefined => {
  const [file, format = ""] = texts[name].split(/\s+/);
  if (file === undefined || file === "" || file === "off") return undefined;
  const known = formats.includes(format) ? format : texts.proxy_access_log_format;
  return { file: path.resolve(prefix, file), format: known as AccessLogFormat };
};

/** The gateway's own fields, as `headers` and `headers_upstream` choose them. */
export interface ResponseConf {
  readonly hasServer: boolean;
  readonly hasVia: boolean;
  readonly proxyLatency: boolean;
  readonly upstreamLatency: boolean;
  readonly responseLatency: boolean;
  readonly adminLatency: boolean;
  readonly upstreamStatus: boolean;
  readonly requestId: boolean;
  readonly tellsRequestId: boolean;
}

export const responseConf = (texts: Texts): ResponseConf => {
  const asked = new Set(listOf(texts.headers));
  const has = (...names: string[]): boolean => !asked.has("off") && names.some((name) => asked.has(name));
  return {
    hasServer: has("server_tokens", "Server"),
    hasVia: has("server_tokens", "Via"),
    proxyLatency: has("latency_tokens", "X-Kong-Proxy-Latency"),
    upstreamLatency: has("latency_tokens", "X-Kong-Upstream-Latency"),
    responseLatency: has("latency_tokens", "X-Kong-Response-Latency"),
    adminLatency: has("latency_tokens", "X-Kong-Admin-Latency"),
    upstreamStatus: has("X-Kong-Upstream-Status"),
    requestId: has("X-Kong-Request-Id"),
    tellsRequestId: listOf(texts.headers_upstream).includes("X-Kong-Request-Id"),
  };
};

/** Idle connections to upstreams. */
export interface PoolConf {
  readonly maxIdle: number;
  readonly idleMs: number;
  readonly maxRequests: number;
}

/** What stands for "no limit" in messages between processes, which know no infinity. */
const unlimited = Number.MAX_SAFE_INTEGER;
/** The longest that a timer can wait. */
const forEverMs = 2 ** 31 - 1;

export const poolConf = (texts: Texts): PoolConf => ({
  maxIdle: Number(texts.upstream_keepalive_pool_size),
  idleMs: Number(texts.upstream_keepalive_idle_timeout) * 1000 || forEverMs,
  maxRequests: Number(texts.upstream_keepalive_max_requests) || 1,
});

/** Limits of clients. */
export interface LimitsConf {
  readonly maxLineBytes: number;
  readonly maxHeadBytes: number;
  readonly maxBodyBytes: number;
  readonly maxRequests: number;
  readonly headTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly sendTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly lingerMs: number;
}

export const limitsConf = (texts: Texts): LimitsConf => {
  const [buffers = "4", size = "8k"] = texts.nginx_http_large_client_header_buffers.split(/\s+/);
  const maxLineBytes = bytesOf(size);
  return {
    maxLineBytes,
    maxHeadBytes: maxLineBytes * Number(buffers),
    maxBodyBytes: bytesOf(texts.nginx_http_client_max_body_size) || unlimited,
    maxRequests: Number(texts.nginx_http_keepalive_requests),
    headTimeoutMs: msOf(texts.nginx_http_client_header_timeout),
    bodyTimeoutMs: msOf(texts.nginx_http_client_body_timeout),
    sendTimeoutMs: msOf(texts.nginx_http_send_timeout),
    keepAliveMs: msOf(texts.nginx_http_keepalive_timeout),
    lingerMs: msOf(texts.nginx_http_lingering_timeout),
  };
};

import type { IsTrusted } from "./forwarded.ts";
import { type ViaTexts, viaTexts } from "./request.ts";

/** Which of the gateway's own fields a client sees (`headers`). */
export interface ResponseTokens {
  /** Value of Server when the upstream sent none; undefined to say nothing. */
  readonly server: string | undefined;
  /** The gateway's part of Via; undefined to say nothing. */
  readonly via: ViaTexts | undefined;
  /** X-Kong-Proxy-Latency, X-Kong-Upstream-Latency and X-Kong-Response-Latency. */
  readonly latencies: boolean;
  /** X-Kong-Request-Id. */
  readonly requestId: boolean;
}

export interface ProxyOptions {
  /** The gateway's part of Via to upstreams. */
  readonly via: ViaTexts;
  readonly tokens: ResponseTokens;
  readonly isTrusted: IsTrusted;
  /** Bytes of a request body that are kept so that a failed try can be repeated. */
  readonly maxReplayBytes: number;
}

/** The defaults of Kong's `headers` and `trusted_ips`. */
export const proxyOptions = (version: string): ProxyOptions => {
  const token = `sallyport/${version}`;
  const via = viaTexts(token);
  return {
    via,
    tokens: { server: token, via, latencies: true, requestId: true },
    isTrusted: () => false,
    maxReplayBytes: 64 * 1024,
  };
};

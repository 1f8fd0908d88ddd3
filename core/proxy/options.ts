import type { IsTrusted } from "./forwarded.ts";
import type { ErrorFormat } from "../http/accept.ts";
import type { ErrorTemplates } from "../http/errorpage.ts";
import type { RealIp } from "./realip.ts";
import { type ViaTexts, viaTexts } from "./request.ts";

/** Which of the gateway's own fields a client sees (`headers`). */
export interface ResponseTokens {
  /** Value of Server when the upstream sent none; undefined to say nothing. */
  readonly server: string | undefined;
  /** The gateway's part of Via; undefined to say nothing. */
  readonly via: ViaTexts | undefined;
  /** X-Kong-Proxy-Latency */
  readonly proxyLatency: boolean;
  /** X-Kong-Upstream-Latency */
  readonly upstreamLatency: boolean;
  /** X-Kong-Response-Latency, where no upstream was asked. */
  readonly responseLatency: boolean;
  /** X-Kong-Upstream-Status: what the upstream answered, whatever became of it. */
  readonly upstreamStatus: boolean;
  /** X-Kong-Request-Id. */
  readonly requestId: boolean;
}

export interface ProxyOptions {
  /** The gateway's part of Via to upstreams. */
  readonly via: ViaTexts;
  readonly tokens: ResponseTokens;
  /** Whether upstreams are told X-Kong-Request-Id. */
  readonly tellsRequestId: boolean;
  readonly isTrusted: IsTrusted;
  readonly realIp: RealIp;
  /** Ports that clients know by others (`port_maps`): where it listens, and what X-Forwarded-Port says. */
  readonly portMap: ReadonlyMap<number, number>;
  /** How an error is told to a client that says nothing of formats (`error_default_type`). */
  readonly errorFormat: ErrorFormat;
  /** Layouts in place of Kong's (`error_template_*`). */
  readonly errorTemplates: ErrorTemplates;
  /** Bytes of a request body that are kept so that a failed try can be repeated. */
  readonly maxReplayBytes: number;
}

const allTokens = {
  proxyLatency: true,
  upstreamLatency: true,
  responseLatency: true,
  upstreamStatus: false,
  requestId: true,
};

/** The defaults of Kong. */
export const proxyOptions = (version: string): ProxyOptions => {
  const token = `sallyport/${version}`;
  const via = viaTexts(token);
  return {
    via,
    tokens: { server: token, via, ...allTokens },
    tellsRequestId: true,
    isTrusted: () => false,
    realIp: { header: "x-real-ip", isRecursive: false },
    portMap: new Map(),
    errorFormat: "plain",
    errorTemplates: {},
    maxReplayBytes: 64 * 1024,
  };
};

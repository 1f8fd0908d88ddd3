import { addressSet, type ProxyOptions, viaTexts } from "../core/index.ts";
import type { Conf } from "./conf/load.ts";

/** How requests are proxied, as the configuration of the node says it. */
export const proxyOptionsOf = (conf: Conf, version: string): Partial<ProxyOptions> => {
  const { hasServer, hasVia, proxyLatency, upstreamLatency, responseLatency, upstreamStatus, requestId } =
    conf.response;
  const token = `sallyport/${version}`;
  return {
    tokens: {
      server: hasServer ? token : undefined,
      via: hasVia ? viaTexts(token) : undefined,
      proxyLatency,
      upstreamLatency,
      responseLatency,
      upstreamStatus,
      requestId,
    },
    tellsRequestId: conf.response.tellsRequestId,
    isTrusted: addressSet(conf.trustedIps),
    realIp: conf.realIp,
    portMap: new Map(conf.portMap),
    errorFormat: conf.errorFormat,
    errorTemplates: conf.errorTemplates,
    maxReplayBytes: conf.maxReplayBytes,
  };
};

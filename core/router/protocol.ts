import type { RouterRoute } from "./route.ts";

/** What of a request decides whether its protocol fits the route. */
export interface ProtocolFacts {
  /** The protocol the client spoke to the outermost trusted proxy: X-Forwarded-Proto of a trusted peer, else the own scheme. */
  readonly forwardedScheme: string;
  /** The host for a redirect, without port. */
  readonly forwardedHost: string;
  /** The request target as sent, with the query. */
  readonly target: string;
  readonly httpVersion: "1.0" | "1.1" | "2";
  readonly contentType: string | undefined;
}

/** An answer in place of proxying. */
export interface ProtocolAnswer {
  readonly status: number;
  /** Name, value, name, value… */
  readonly headers: readonly string[];
  /** Undefined for an answer without a body. */
  readonly message: string | undefined;
}

const httpsRequired: ProtocolAnswer = {
  status: 426,
  headers: ["Connection", "Upgrade", "Upgrade", "TLS/1.2, HTTP/1.1"],
  message: "Please use HTTPS protocol",
};
const http2Required: ProtocolAnswer = {
  status: 426,
  headers: ["Connection", "Upgrade", "Upgrade", "HTTP/2"],
  message: "Please use HTTP2 protocol",
};
const notGrpc: ProtocolAnswer = {
  status: 415,
  headers: [],
  message: "Non-gRPC request matched gRPC route",
};
/** gRPC tells its errors in fields: the status stays 200. */
const grpcsRequired: ProtocolAnswer = {
  status: 200,
  headers: [
    "content-type",
    "application/grpc",
    "grpc-status",
    "1",
    "grpc-message",
    "gRPC request matched gRPCs route",
  ],
  message: undefined,
};

/**
 * Judges a match by the protocol of the request: routes are chosen without looking at it.
 *
 * @returns The answer for a request that must not be proxied, undefined when all is well.
 */
export function judgeProtocol(route: RouterRoute, facts: ProtocolFacts): ProtocolAnswer | undefined {
  const { protocols } = route;
  const https = facts.forwardedScheme === "https";
  if (!https && protocols.includes("https") && !protocols.includes("http")) {
    const status = route.https_redirect_status_code ?? 426;
    if (status === 426) return httpsRequired;
    return {
      status,
      headers: ["Location", `https://${facts.forwardedHost}${facts.target}`],
      message: undefined,
    };
  }
  const grpc = protocols.includes("grpc");
  const grpcs = protocols.includes("grpcs");
  if (!grpc && !grpcs) return undefined;
  if (!facts.contentType?.startsWith("application/grpc")) return notGrpc;
  if (facts.httpVersion !== "2") return http2Required;
  return !grpc && !https ? grpcsRequired : undefined;
}

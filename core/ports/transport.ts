import type { BodyStream } from "./body.ts";

/** How to speak TLS to an upstream. Objects are compared by identity: one configuration, one object. */
export interface UpstreamTls {
  /** SNI and the name that is verified. */
  readonly serverName: string;
  /** False accepts any certificate, as undefined does where the platform leaves the choice (Kong's default). */
  readonly verify: boolean | undefined;
  /** Certificates allowed between the leaf and a root; undefined for the platform's limit. */
  readonly verifyDepth: number | undefined;
  /** PEM roots to trust instead of the platform's; undefined for the platform's. */
  readonly roots: readonly string[] | undefined;
  /** PEM client certificate (chain) and key. */
  readonly certificate: { readonly chain: string; readonly key: string } | undefined;
}

/** Where one try goes. */
export interface UpstreamAddress {
  /** An IP address, or a name for the platform to resolve. */
  readonly host: string;
  readonly port: number;
  readonly tls: UpstreamTls | undefined;
}

/** The request of one try. */
export interface UpstreamRequest {
  readonly method: string;
  /** Origin form: escaped path, with the query. */
  readonly target: string;
  /** `2` is spoken to gRPC services, without TLS by prior knowledge. */
  readonly httpVersion: "1.1" | "2";
  /** Fields as name, value (a byte string)… with Host, without framing and connection fields: the transport frames. */
  readonly headers: string[];
  readonly body: BodyStream | undefined;
  /** `websocket` asks to switch protocols; undefined otherwise. */
  readonly upgrade: string | undefined;
  /** A connection of its own, closed afterwards (HTTP/1.1, where the platform lets choose). Default false. */
  readonly isSingle?: boolean;
  /** Milliseconds until connected, TLS included. */
  readonly connectTimeoutMs: number;
  /** Milliseconds between two successful writes. */
  readonly writeTimeoutMs: number;
  /** Milliseconds between two reads; also from the end of the request to the response head. */
  readonly readTimeoutMs: number;
}

/** Both connections after a switch of protocols; made by a transport, joined by a listener of the same platform. */
export interface Tunnel {
  /** Ends the upstream side without joining. */
  close(): void;
}

export interface UpstreamResponse {
  readonly status: number;
  readonly reason: string;
  readonly httpVersion: "1.0" | "1.1" | "2";
  /** Fields as name, value (a byte string)…, as received; framing fields included. */
  readonly headers: string[];
  /** Undefined when the response has none (HEAD, 204, 304, 101). */
  readonly body: BodyStream | undefined;
  /** Set with status 101. */
  readonly tunnel: Tunnel | undefined;
}

/** Why a try failed before a response head arrived. */
export type UpstreamFailureCode =
  | "name_not_resolved"
  | "connect_refused"
  | "connect_timeout"
  | "tls_failed"
  | "write_timeout"
  | "read_timeout"
  | "connection_closed"
  | "invalid_response"
  | "not_possible";

export interface UpstreamFailure {
  readonly code: UpstreamFailureCode;
  /** A byte of the request was sent: only idempotent methods may be tried again. */
  readonly requestSent: boolean;
  readonly cause: unknown;
}

/** Told about one try: any number of `informed`, then one of `responded` and `failed`. */
export interface UpstreamListener {
  /** An interim response (1xx but 101). */
  informed(status: number, headers: string[]): void;
  /** The head is there; the body flows when its stream is started, within this call at best. */
  responded(response: UpstreamResponse): void;
  failed(failure: UpstreamFailure): void;
}

export interface UpstreamCall {
  /** Gives the try up, e.g. because the client left. Nothing is told to the listener any more. */
  cancel(): void;
}

/** Sends requests to upstreams: one call, one try, one address. */
export interface Transport {
  /** False where the platform insists on deriving Host from the address. */
  readonly canSetHost: boolean;
  /**
   * True where what asks for the name that it goes to by that name, and every WebSocket, has to be sent to the name:
   * the platform looks it up. Everything else goes to addresses. Default false.
   */
  readonly keepsOwnNames?: boolean;
  /** False where HTTP/2, and so gRPC, can't be spoken to upstreams. */
  readonly hasHttp2: boolean;
  /**
   * Why TLS can't be spoken on these terms; undefined when it can. Asked when a configuration is made: `send` never gets
   * terms that have a limit. Default: none has.
   */
  tlsLimit?(tls: UpstreamTls): string | undefined;
  /** Never throws: failures go to the listener. */
  send(address: UpstreamAddress, request: UpstreamRequest, listener: UpstreamListener): UpstreamCall;
  /** Closes idle connections; those in use end with their exchange. */
  close(): void;
}

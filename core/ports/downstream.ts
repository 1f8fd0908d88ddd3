import type { BodyStream, OutgoingBody } from "./body.ts";
import type { Tunnel } from "./transport.ts";

/** TLS of the client's connection. */
export interface TlsFacts {
  /** `TLSv1.2`, `TLSv1.3` */
  readonly version: string;
  readonly cipher: string;
  /** SNI; undefined when the client sent none. */
  readonly serverName: string | undefined;
}

/** The connection that a request came on. One object serves every request of the connection. */
export interface ConnectionFacts {
  /** Address of the connecting peer, or what PROXY protocol told of it. IPv6 without brackets. */
  readonly peerAddress: string;
  readonly peerPort: number;
  /** The listener's address and port. */
  readonly localAddress: string;
  readonly localPort: number;
  readonly tls: TlsFacts | undefined;
}

/** A request as a listener parsed it: nothing is decoded, joined or normalised. */
export interface IncomingRequest {
  readonly method: string;
  /** The request target in origin form, as sent: `/path?query`. A byte string. */
  readonly target: string;
  readonly httpVersion: "1.0" | "1.1" | "2";
  /** Fields as name, value, name, value…, in the order received, names as sent, values byte strings. Includes Host (from :authority in HTTP/2). */
  readonly headers: string[];
  /** Undefined when the request has no body. */
  readonly body: BodyStream | undefined;
  readonly connection: ConnectionFacts;
  /** Bytes received so far for this request, head included. */
  readonly sizeBytes: number;
}

/** A response that the gateway hands to a listener. */
export interface OutgoingResponse {
  readonly status: number;
  /** Reason phrase; empty for the standard one. */
  readonly reason: string;
  /** Fields as name, value (a byte string)… without framing and connection fields (Content-Length, Transfer-Encoding, Connection): the listener frames. */
  readonly headers: string[];
  readonly body: OutgoingBody;
  /** The length to declare where the body itself is not sent (HEAD, 304); undefined for none. */
  readonly declaredLengthBytes: number | undefined;
  /** Set with status 101: the listener answers and joins both connections until one side ends. */
  readonly tunnel: Tunnel | undefined;
}

/** The way back to the client for one request. */
export interface Downstream {
  /** Answers. At most once a request; later calls throw `TypeError`. */
  respond(response: OutgoingResponse): void;
  /** Sends an interim response (1xx but 101). Ignored for HTTP/1.0 clients. */
  inform(status: number, headers: string[]): void;
  /** Ends the connection without a further byte: the answer can't be completed. */
  reset(): void;
}

/** What a listener tells about a request that it handed over. Each method is called at most once. */
export interface RequestEvents {
  /** The client left before the response was complete. `finished` follows. */
  aborted(): void;
  /**
   * The last byte was handed to the platform, or the exchange was given up. Always the last call.
   *
   * @param bytesSent Bytes of head and body sent for this request.
   */
  finished(bytesSent: number): void;
}

/** What of a request could be read before it had to be refused. */
export interface RefusedRequest {
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly httpVersion: "1.0" | "1.1" | "2";
  readonly headers: string[];
  readonly connection: ConnectionFacts;
}

/** The gateway as a listener sees it. */
export interface RequestHandler {
  /** Never throws. The answer comes through `downstream`, within the call or later. */
  handle(request: IncomingRequest, downstream: Downstream, scope: RequestScope | undefined): RequestEvents;
  /**
   * Answers a request that the listener refuses: malformed, too large, too slow.
   *
   * @param status 400, 405, 408, 411, 413, 414, 417, 431 (told as 400), 501 or 505.
   */
  refuse(status: number, request: RefusedRequest, downstream: Downstream): RequestEvents;
}

/** The life of a request on a platform that ends work with the response. */
export interface RequestScope {
  /** Keeps the platform from ending `work` when the response is sent. */
  waitUntil(work: Promise<unknown>): void;
}

import type { HeadLimits } from "../../http1/index.ts";

/** Limits of the client's side. All have nginx's defaults. */
export interface ServerLimits extends HeadLimits {
  /** Bytes of a request body. Default: no limit (Kong's client_max_body_size 0). */
  readonly maxBodyBytes: number;
  /** Requests on one connection before it is closed. Default 10,000. */
  readonly maxRequests: number;
  /** Milliseconds from the first byte of a request to the end of its head. Default 60,000. */
  readonly headTimeoutMs: number;
  /** Milliseconds between two reads of a body. Default 60,000. */
  readonly bodyTimeoutMs: number;
  /** Milliseconds in which the client has to take something of what is sent. Default 60,000. */
  readonly sendTimeoutMs: number;
  /** Milliseconds that a connection may wait for its next request. Default 75,000. */
  readonly keepAliveMs: number;
  /** Milliseconds that a closing connection is still read, so that the client sees the answer. Default 5,000. */
  readonly lingerMs: number;
  /**
   * What the end of the client's side means while a request is answered: `abort` takes it for a client that left
   * (as nginx does; default), `serve` answers.
   */
  readonly halfClosed: "abort" | "serve";
}

export const defaultServerLimits: ServerLimits = {
  maxLineBytes: 8_192,
  maxHeadBytes: 32_768,
  maxFields: 1_000,
  maxBodyBytes: Number.POSITIVE_INFINITY,
  maxRequests: 10_000,
  headTimeoutMs: 60_000,
  bodyTimeoutMs: 60_000,
  sendTimeoutMs: 60_000,
  keepAliveMs: 75_000,
  lingerMs: 5_000,
  halfClosed: "abort",
};

/** A request of the gateway's own, to a service that helps it: a log sink, a collector. */
export interface FetcherRequest {
  readonly method: string;
  readonly url: string;
  /** Values are byte strings. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | Uint8Array;
  /** Milliseconds until the answer is complete. */
  readonly timeoutMs: number;
  /** The HTTP proxy to go through; undefined for none. Where requests can't, configurations that name one are refused. */
  readonly proxyUrl?: string | undefined;
}

/** A whole answer. */
export interface FetcherAnswer {
  readonly status: number;
  /** Names in small letters, values byte strings; a repeated Set-Cookie stands as often as it came. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

/** Asks other services, apart from what is proxied. Redirects are not followed. */
export interface Fetcher {
  /**
   * @returns The status; the answer's body is thrown away.
   * @throws Error when there is no answer in time.
   */
  send(request: FetcherRequest): Promise<{ readonly status: number }>;
  /**
   * @param maxBytes The most of a body that is taken.
   * @throws Error when there is no answer in time, or it is larger.
   */
  ask(request: FetcherRequest, maxBytes: number): Promise<FetcherAnswer>;
}

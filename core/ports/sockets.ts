/** Where a stream leads. */
export interface StreamTarget {
  readonly host: string;
  readonly port: number;
  /** Milliseconds for connecting, and for each write. */
  readonly timeoutMs: number;
  /** Milliseconds that an idle connection is kept for the next write. */
  readonly keepAliveMs: number;
  /** Speak TLS, with that server name; undefined for plain text. Certificates are not verified, as Kong's logs don't. */
  readonly tls: { readonly serverName: string | undefined } | undefined;
}

/** A connection that comes with the first write, and again when it was lost. */
export interface Stream {
  /** Settles when the system took the bytes. @throws Error when there is no connection in time, or it broke. */
  write(bytes: Uint8Array): Promise<void>;
  /** Harmless when called again. */
  close(): void;
}

/** What logs send to, beside HTTP. */
export interface Sockets {
  /**
   * Sends one datagram. Nobody knows whether it arrives.
   *
   * @throws Error when the name can't be resolved or the system refuses it, as one that is too large.
   */
  datagram(host: string, port: number, bytes: Uint8Array): Promise<void>;
  stream(target: StreamTarget): Stream;
}

export interface DnsExchange {
  /** Over a connection, where answers are not truncated. Transports that know nothing else ignore false. */
  readonly overStream: boolean;
  /** Milliseconds until the answer is complete, connecting included. */
  readonly timeoutMs: number;
  /**
   * Judges a message that came. Others are thrown away and the wait goes on: anybody can send a datagram.
   */
  readonly accepts: (message: Uint8Array) => boolean;
}

/** Asks one name server one question. */
export interface DnsTransport {
  /**
   * @param server As the transport names it: `address:port`, `[address]:port` or a URL.
   * @param query A DNS message.
   * @returns The first message that was accepted.
   * @throws Error when there was none in time, or the server can't be reached.
   * @see RFC 1035 §4.2, RFC 7766 (TCP), RFC 8484 (HTTPS)
   */
  exchange(server: string, query: Uint8Array, options: DnsExchange): Promise<Uint8Array>;
}

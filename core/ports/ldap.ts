/** How to reach an LDAP server. */
export interface LdapServer {
  readonly host: string;
  readonly port: number;
  /** Plain, TLS from the first byte, or TLS after StartTLS. */
  readonly security: "none" | "tls" | "starttls";
  /** Whether the server's certificate is verified. */
  readonly isVerified: boolean;
  /** Milliseconds for connecting, and for an answer. */
  readonly timeoutMs: number;
  /** Milliseconds that an idle connection is kept for the next one; 0 for none. */
  readonly keepAliveMs: number;
}

/** Asks directories whether a name and a password belong together. */
export interface Ldap {
  /**
   * A simple bind. @see RFC 4511 §4.2, RFC 4513 §5.1.3
   *
   * @param password Not empty: servers take a bind without one for an anonymous client's, and agree.
   * @returns False when the server does not accept them.
   * @throws Error when it can't be reached, or answers that it can't tell.
   */
  bind(server: LdapServer, dn: string, password: string): Promise<boolean>;
}

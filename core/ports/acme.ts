/** A certificate chain and the private key of its first certificate, PEM. */
export interface CertificatePair {
  readonly chain: string;
  readonly key: string;
}

/** Who asks an authority for certificates. */
export interface AcmeAccount {
  /** The private key that the account is known by: PEM, or the text of a JWK. */
  readonly key: string;
  readonly email: string;
  /** Whether the authority's terms of service are accepted. */
  readonly acceptsTerms: boolean;
  /** What binds the account to one that the authority knows otherwise. @see RFC 8555 §7.3.4 */
  readonly binding: { readonly keyId: string; readonly hmacKey: string } | undefined;
}

export interface CertificateOrder {
  readonly directoryUrl: string;
  readonly account: AcmeAccount;
  /** The name, or the address, that the certificate is for. */
  readonly name: string;
  /** Bits of an RSA key; undefined for an elliptic curve's (P-256). */
  readonly rsaBits: number | undefined;
  /** The common name of an issuer; of several chains the first that has it is taken. */
  readonly preferredChain: string | undefined;
  /** Whether an IPv4 address stands in the common name, too. */
  readonly hasAddressAsCommonName: boolean;
  /**
   * Makes `http://<name>/.well-known/acme-challenge/<token>` answer with a text. The authority looks when it settles.
   *
   * @see RFC 8555 §8.3
   */
  publish(token: string, text: string): Promise<void>;
}

/** What a certificate says. */
export interface CertificateFacts {
  /** The common name, empty when there is none; the issuer's likewise. */
  readonly subject: string;
  readonly issuer: string;
  /** Milliseconds since the Unix epoch. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** SHA-1 of its DER form, in hexadecimal digits. */
  readonly digest: string;
}

/** Has certificates made by authorities that speak ACME. @see RFC 8555 */
export interface Acme {
  /** A new private key for an account, PEM. */
  newAccountKey(): Promise<string>;
  /** @throws Error when the authority refuses, can't be reached, or takes longer than some minutes. */
  order(order: CertificateOrder): Promise<CertificatePair>;
  /** Of the first certificate of a chain. @throws Error when it can't be read. */
  factsOf(chain: string): CertificateFacts;
}

/** Names of response codes, in Kong's words. @see RFC 1035 §4.1.1 */
const serverTexts: Readonly<Record<string, readonly [number, string]>> = {
  FORMERR: [1, "format error"],
  SERVFAIL: [2, "server failure"],
  NXDOMAIN: [3, "name error"],
  NOTIMP: [4, "not implemented"],
  REFUSED: [5, "refused"],
};

export type DnsFailureCode =
  /** The server says so: there is no such name. */
  | "no_such_name"
  /** The name exists, without a record of the type. */
  | "empty"
  /** The server answered with another error. */
  | "server"
  /** No server answered in time. */
  | "unreachable"
  /** Aliases go round in a circle, or there are too many. */
  | "recursion"
  /** It can't be asked for: an empty or too long label. */
  | "bad_name";

/** Why a name has no address. Messages are Kong's. */
export class DnsFailure extends Error {
  override readonly name = "DnsFailure";
  readonly code: DnsFailureCode;

  constructor(code: DnsFailureCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export const emptyAnswer = (): DnsFailure =>
  new DnsFailure("empty", "dns client error: 101 empty record received");

export const recursion = (): DnsFailure => new DnsFailure("recursion", "recursion detected");

/** A response code other than NOERROR. */
export const serverFailure = (rcode: string): DnsFailure => {
  const [number, text] = serverTexts[rcode] ?? [rcode, "unknown"];
  return new DnsFailure(
    rcode === "NXDOMAIN" ? "no_such_name" : "server",
    `dns server error: ${number} ${text}`,
  );
};

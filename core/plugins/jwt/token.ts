import { fromBase64Url } from "../../http/base64.ts";

export type Claims = Readonly<Record<string, unknown>>;

/** A token as it stands: nothing of it is believed yet. */
export interface Token {
  readonly header: Claims;
  readonly claims: Claims;
  /** What is signed. */
  readonly signed: string;
  readonly signature: Uint8Array<ArrayBuffer>;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const object = (part: string): Claims | undefined => {
  const bytes = fromBase64Url(part);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Claims)
      : undefined;
  } catch {
    return undefined;
  }
};

/** A signed text before its payload is looked at. */
type Signed = Omit<Token, "claims"> & { readonly payload: string };

/** @returns A text that says what is wrong. @see RFC 7515 §5.2 */
export const parseSigned = (text: string): Signed | string => {
  const [head = "", payload = "", tail, ...others] = text.split(".");
  const header = object(head);
  if (header === undefined || tail === undefined || others.length > 0) return "Bad token; invalid JSON";
  if (typeof header["alg"] !== "string") return "Bad token; invalid alg";
  // What a header declares critical has to be understood, and nothing is. @see RFC 7515 §4.1.11
  if (Object.hasOwn(header, "crit")) return "Bad token; invalid JSON";
  if (fromBase64Url(payload) === undefined) return "Bad token; invalid JSON";
  const signature = fromBase64Url(tail);
  if (signature === undefined || tail === "") return "Bad token; invalid signature";
  return { header, payload, signed: `${head}.${payload}`, signature };
};

/** @returns A text that says what is wrong. @see RFC 7519 §7.2 */
export const parseToken = (text: string): Token | string => {
  const parts = parseSigned(text);
  if (typeof parts === "string") return parts;
  const claims = object(parts.payload);
  return claims === undefined ? "Bad token; invalid JSON" : { ...parts, claims };
};

/**
 * Checks the times that a token tells.
 *
 * @param nowSeconds Since the epoch.
 * @param maxSeconds From now to `exp` at most; 0 for no limit.
 * @returns What is wrong with each claim; undefined when nothing is.
 */
export const claimProblems = (
  claims: Claims,
  names: readonly string[],
  nowSeconds: number,
  maxSeconds: number,
): Record<string, string> | undefined => {
  const problems: Record<string, string> = {};
  for (const name of names) {
    const value = claims[name];
    if (typeof value !== "number") problems[name] = "must be a number";
    else if (name === "exp" && value <= nowSeconds) problems[name] = "token expired";
    else if (name === "nbf" && value > nowSeconds) problems[name] = "token not valid yet";
  }
  const { exp } = claims;
  if (Object.keys(problems).length === 0 && maxSeconds > 0 && typeof exp === "number") {
    if (exp - nowSeconds > maxSeconds) problems["exp"] = "exceeds maximum allowed expiration";
  }
  return Object.keys(problems).length > 0 ? problems : undefined;
};

import { joinBytes } from "./bodies.ts";
import { bytesOf } from "./utf8.ts";

/** @returns Undefined for what is no base64. @see RFC 4648 §4 */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  try {
    return bytesOf(atob(text));
  } catch {
    return undefined;
  }
};

/** Each becomes an argument of one call; engines end at some ten thousand. */
const sliceBytes = 8_192;

export const toBase64 = (bytes: Uint8Array): string => {
  let binary = "";
  for (let at = 0; at < bytes.byteLength; at += sliceBytes)
    binary += String.fromCharCode(...bytes.subarray(at, at + sliceBytes));
  return btoa(binary);
};

/**
 * Reads base64 that was written in pieces, each with its own padding, as they came.
 *
 * @returns Undefined for what is no base64.
 */
export const fromBase64Pieces = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  if (!text.includes("=")) return fromBase64(text);
  const pieces = (text.match(/[^=]+=*|=+/g) ?? []).map(fromBase64);
  if (pieces.includes(undefined)) return undefined;
  return joinBytes(pieces as Uint8Array[]);
};

/** Without padding. @see RFC 4648 §5 */
export const toBase64Url = (bytes: Uint8Array): string =>
  toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

/**
 * Strict: padding, other characters, white space and bits that say nothing are refused, so that one value has one
 * spelling.
 *
 * @returns Undefined for what is no base64url. @see RFC 4648 §3.5, §5, RFC 7515 §2
 */
export const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = fromBase64(standard);
  if (bytes === undefined || text.length % 4 === 0) return bytes;
  // Only the last group can hold idle bits.
  const last = toBase64(bytes.subarray(bytes.length - (bytes.length % 3))).replace(/=+$/, "");
  return standard.endsWith(last) ? bytes : undefined;
};

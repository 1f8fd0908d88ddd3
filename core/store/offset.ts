import { fromBase64, toBase64 } from "../http/base64.ts";
import { StoreProblem } from "./problem.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The opaque text that names where a page ends: base64 for URLs, without padding. @see RFC 4648 §5 */
export const offsetAfter = (...key: readonly string[]): string =>
  toBase64(encoder.encode(JSON.stringify(key)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

/**
 * The key behind an offset, in either alphabet, padded or not.
 *
 * @returns Undefined when it is JSON, but none of ours: nothing comes after it.
 * @throws StoreProblem for what can't be read.
 */
export const keyOfOffset = (offset: string): readonly string[] | undefined => {
  const refuse = (why: string): StoreProblem =>
    new StoreProblem("invalidOffset", `'${offset}' is not a valid offset: bad ${why} encoding`);
  const bytes = fromBase64(offset.replaceAll("-", "+").replaceAll("_", "/"));
  if (bytes === undefined) throw refuse("base64");
  let key: unknown;
  try {
    key = JSON.parse(decoder.decode(bytes));
  } catch {
    throw refuse("json");
  }
  const isKey = Array.isArray(key) && key.length > 0 && key.every((part) => typeof part === "string");
  return isKey ? (key as string[]) : undefined;
};

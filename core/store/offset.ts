import { fromBase64, toBase64 } from "./base64.ts";
import { StoreProblem } from "./problem.ts";

/** The opaque text that names where a page ends. */
export const offsetAfter = (...key: readonly string[]): string => toBase64(JSON.stringify(key));

/**
 * The key behind an offset.
 *
 * @returns Undefined when it is JSON, but none of ours: nothing comes after it.
 * @throws StoreProblem for what can't be read.
 */
export const keyOfOffset = (offset: string): readonly string[] | undefined => {
  const refuse = (why: string): StoreProblem =>
    new StoreProblem("invalidOffset", `'${offset}' is not a valid offset: bad ${why} encoding`);
  const text = fromBase64(offset);
  if (text === undefined) throw refuse("base64");
  let key: unknown;
  try {
    key = JSON.parse(text);
  } catch {
    throw refuse("json");
  }
  const isKey = Array.isArray(key) && key.length > 0 && key.every((part) => typeof part === "string");
  return isKey ? (key as string[]) : undefined;
};

import { toByteString } from "./utf8.ts";

/** Arguments of a query or form: the value is true for a name without `=`, an array when repeated. */
export type Arguments = Map<string, string | true | (string | true)[]>;

const decode = (text: string): string => {
  if (!text.includes("%") && !text.includes("+")) return text;
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    // Not UTF-8 or not percent-encoding: decode what is decodable, leave the rest as it stands.
    return spaced.replace(/%[0-7][0-9a-f]/gi, (code) =>
      String.fromCharCode(Number.parseInt(code.slice(1), 16)),
    );
  }
};

/**
 * Reads `a=1&b&a=2`.
 *
 * @param maxArguments Arguments beyond it are ignored, as Kong does (`lua_max_uri_args`, default 100).
 * @see WHATWG URL, application/x-www-form-urlencoded
 */
export const parseArguments = (text: string, maxArguments = 100): Arguments => {
  const found: Arguments = new Map();
  let count = 0;
  for (const part of text.split("&")) {
    if (part === "") continue;
    if (count++ >= maxArguments) break;
    const equals = part.indexOf("=");
    const name = decode(equals < 0 ? part : part.slice(0, equals));
    if (name === "" && equals >= 0) continue;
    const value = equals < 0 ? true : decode(part.slice(equals + 1));
    const before = found.get(name);
    if (before === undefined) found.set(name, value);
    else if (Array.isArray(before)) before.push(value);
    else found.set(name, [before, value]);
  }
  return found;
};

const escape = (byte: string): string => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;

/** Bytes that are no UTF-8, see `fromByteString`, are what they were. */
const encode = (text: string): string => toByteString(text).replace(/[^A-Za-z0-9\-_.~]/g, escape);

/** Writes arguments, repeated names side by side. */
export const formatArguments = (
  fields: Iterable<readonly [string, string | true | (string | true)[]]>,
): string => {
  const parts: string[] = [];
  for (const [name, value] of fields) {
    for (const one of Array.isArray(value) ? value : [value]) {
      parts.push(one === true ? encode(name) : `${encode(name)}=${encode(one)}`);
    }
  }
  return parts.join("&");
};

/** Takes every argument of a name out of a raw query; the rest stays byte for byte. */
export const withoutArgument = (query: string, name: string): string =>
  query
    .split("&")
    .filter((part) => decode(part.split("=", 1)[0]!) !== name)
    .join("&");

import { toByteString } from "./utf8.ts";

const wide = /[\u0100-\uffff]/;
/** What normalisation may change: escapes, empty segments, segments that begin with a dot. */
const unsettled = /%|\/[/.]/;
/** Reserved characters stay escaped: decoded they would mean something else. @see RFC 3986 §2.2 */
const reserved = new Set("!*'();:@&=+$,/?%#[]");
const unsafe = /[^!#$&'()*+,/:;=?@[\]A-Za-z0-9\-_.~%]/;
const unsafeEach = new RegExp(unsafe.source, "g");

const hexEscape = /%([0-9a-fA-F]{2})/g;

function decodeEscape(escape: string, hex: string): string {
  const character = String.fromCharCode(Number.parseInt(hex, 16));
  return reserved.has(character) ? escape.toUpperCase() : character;
}

function removeDots(path: string, mergeSlashes: boolean): string {
  const segments = path.split("/");
  const kept: string[] = [];
  const last = segments.length - 1;
  for (let i = 1; i <= last; i++) {
    const segment = segments[i]!;
    const isDots = segment === "." || segment === "..";
    if (segment === "..") kept.pop();
    if (isDots || (segment === "" && mergeSlashes)) {
      // A path that ends in a dot or an empty segment ends in a slash.
      if (i === last) kept.push("");
    } else kept.push(segment);
  }
  return `${segments[0]!}/${kept.join("/")}`;
}

/**
 * The path as routes see it: escapes decoded but for reserved characters (those with upper-case digits), dot
 * segments resolved, encoded ones too, slashes merged. A byte string in, a byte string out; characters above
 * U+00FF are taken as text and become UTF-8.
 *
 * @param path Begins with a slash; without the query.
 * @param mergeSlashes False keeps empty segments.
 * @see RFC 3986 §5.2.4, §6.2.2
 */
export function normalizePath(path: string, mergeSlashes = true): string {
  if (wide.test(path)) path = toByteString(path);
  if (!unsettled.test(path)) return path;
  if (path.includes("%")) path = path.replace(hexEscape, decodeEscape);
  return /\/[/.]/.test(path) ? removeDots(path, mergeSlashes) : path;
}

const escapeByte = (character: string): string => {
  const code = character.charCodeAt(0);
  return `%${code < 16 ? "0" : ""}${code.toString(16).toUpperCase()}`;
};

/**
 * A normalised path ready for the wire: each byte that may not stand in a path becomes %XX. Per cent signs stay:
 * those that normalisation left are escapes already.
 */
export function escapePath(path: string): string {
  if (!unsafe.test(path)) return path;
  return (wide.test(path) ? toByteString(path) : path).replace(unsafeEach, escapeByte);
}

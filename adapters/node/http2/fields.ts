import { TOKEN, VALUE, safeValue } from "../../http1/index.ts";

/** Fields of an HTTP/1.1 connection, which HTTP/2 does not have. @see RFC 9113 §8.2.2 */
const CONNECTION_FIELDS = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

const isUpper = (code: number): boolean => code >= 65 && code <= 90;

function isName(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (!TOKEN[code] || isUpper(code)) return false;
  }
  return name.length > 0;
}

const isBlank = (code: number): boolean => code === 32 || code === 9;

function isValue(value: string): boolean {
  const { length } = value;
  for (let i = 0; i < length; i++) if (!VALUE[value.charCodeAt(i)]) return false;
  return length === 0 || (!isBlank(value.charCodeAt(0)) && !isBlank(value.charCodeAt(length - 1)));
}

/** A header list, taken apart. */
export interface MessageHead {
  readonly method: string | undefined;
  readonly scheme: string | undefined;
  readonly authority: string | undefined;
  readonly path: string | undefined;
  readonly status: number | undefined;
  /** Name, value, name, value… without the pseudo fields. */
  readonly headers: string[];
  readonly contentLength: number | undefined;
}

const REQUEST_FIELDS = [":method", ":scheme", ":authority", ":path"];
const RESPONSE_FIELDS = [":status"];

/** The fields of a list as messages have them. @returns undefined for a malformed list. @see RFC 9113 §8.2 */
function takeFields(list: readonly string[], from: number): string[] | undefined {
  const headers: string[] = [];
  let cookie = -1;
  for (let i = from; i < list.length; i += 2) {
    const name = list[i]!;
    const value = list[i + 1]!;
    if (!isName(name) || !isValue(value) || CONNECTION_FIELDS.has(name)) return undefined;
    if (name === "te" && value.toLowerCase() !== "trailers") return undefined;
    // RFC 9113 §8.2.3: HTTP/2 may crumble what is one field elsewhere.
    if (name === "cookie" && cookie >= 0) headers[cookie] += `; ${value}`;
    else {
      if (name === "cookie") cookie = headers.length + 1;
      headers.push(name, value);
    }
  }
  return headers;
}

/** @returns -1 for one that is none or contradicts another. */
function lengthOf(headers: readonly string[]): number | undefined {
  let found: number | undefined;
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] !== "content-length") continue;
    const value = headers[i + 1]!;
    const length = /^\d{1,15}$/.test(value) ? Number(value) : -1;
    if (found !== undefined && found !== length) return -1;
    found = length;
  }
  return found;
}

function readHead(list: readonly string[], pseudo: readonly string[]): MessageHead | undefined {
  const values: (string | undefined)[] = [];
  let from = 0;
  for (; from < list.length && list[from]!.startsWith(":"); from += 2) {
    const place = pseudo.indexOf(list[from]!);
    const value = list[from + 1]!;
    if (place < 0 || values[place] !== undefined || !isValue(value)) return undefined;
    values[place] = value;
  }
  const headers = takeFields(list, from);
  if (headers === undefined) return undefined;
  const contentLength = lengthOf(headers);
  if (contentLength === -1) return undefined;
  const isRequest = pseudo === REQUEST_FIELDS;
  return {
    method: isRequest ? values[0] : undefined,
    scheme: values[1],
    authority: values[2],
    path: values[3],
    status: isRequest ? undefined : Number(values[0]),
    headers,
    contentLength,
  };
}

/** @returns undefined for a malformed one (RFC 9113 §8.3.1). */
export function readRequestHead(list: readonly string[]): MessageHead | undefined {
  const head = readHead(list, REQUEST_FIELDS);
  if (head?.method === undefined) return undefined;
  if (head.method === "CONNECT")
    return head.path === undefined && head.scheme === undefined ? head : undefined;
  return head.scheme !== undefined && head.path !== undefined && head.path !== "" ? head : undefined;
}

/** @returns undefined for a malformed one (RFC 9113 §8.3.2). */
export function readResponseHead(list: readonly string[]): MessageHead | undefined {
  const head = readHead(list, RESPONSE_FIELDS);
  const { status = 0 } = head ?? {};
  return Number.isInteger(status) && status >= 100 && status <= 999 && status !== 101 ? head : undefined;
}

/** @returns undefined for malformed ones: pseudo fields are not for trailers. */
export const readTrailers = (list: readonly string[]): string[] | undefined => takeFields(list, 0);

/** Adds name, value, name, value… of a message to a header list, but for what HTTP/2 frames itself or does not have. */
export function addFields(list: string[], headers: readonly string[]): string[] {
  for (let i = 0; i < headers.length; i += 2) {
    const name = lowerName(headers[i]!);
    if (name === "content-length" || CONNECTION_FIELDS.has(name) || !isName(name)) continue;
    const value = safeValue(headers[i + 1]!).trim();
    if (name === "te" && value.toLowerCase() !== "trailers") continue;
    list.push(name, value);
  }
  return list;
}

/** Lower-case forms of names that were sent. */
const lowered = new Map<string, string>();
const MAX_NAMES = 512;

/** Most names repeat from message to message. */
function lowerName(name: string): string {
  let lower = lowered.get(name);
  if (lower !== undefined) return lower;
  lower = name.toLowerCase();
  if (lowered.size >= MAX_NAMES) lowered.clear();
  if (name.length <= 64) lowered.set(` ${name}`.slice(1), lower);
  return lower;
}

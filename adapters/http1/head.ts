import { COLON, CR, LF, SPACE, TAB, TARGET, TOKEN, VALUE, sameName } from "./bytes.ts";
import type { Octets } from "./octets.ts";
import { type HeadLimits, head } from "./parsed.ts";

/** The head is not complete yet. */
export const MORE = 0;
/** The head is complete, and {@link head} describes it. */
export const DONE = 1;

/** name start, name end, value start, value end of each field; grown when a head has more fields than ever. */
let marks = new Int32Array(4 * 128);
let count = 0;
/** Where the fields of the head that was parsed last begin to be told, and where the body begins. */
let next = 0;

function reset(): void {
  count = 0;
  head.hosts = 0;
  head.hostAt = -1;
  head.contentLength = -1;
  head.coding = "none";
  head.close = false;
  head.keepAlive = false;
  head.upgrade = false;
  head.expect = false;
}

/**
 * Parses a request head from `start`. Skips empty lines before it (RFC 9112 §2.2).
 *
 * @returns {@link MORE}, {@link DONE}, or the status to refuse with: 400, 414, 431, 505.
 */
export function parseRequest(bytes: Octets, start: number, end: number, limits: HeadLimits): number {
  reset();
  let at = start;
  while (at < end && bytes[at] === CR) {
    if (at + 1 === end) return MORE;
    if (bytes[at + 1] !== LF) return 400;
    at += 2;
    if (at - start > 16) return 400;
  }
  const line = at;
  const last = Math.min(end, line + limits.maxLineBytes);
  while (at < last && TOKEN[bytes[at]!] !== 0) at++;
  if (at === last) return last < end ? 414 : MORE;
  if (bytes[at] !== SPACE || at === line) return 400;
  const methodEnd = at++;
  const targetStart = at;
  while (at < last && TARGET[bytes[at]!] !== 0) at++;
  if (at === last) return last < end ? 414 : MORE;
  if (bytes[at] !== SPACE || at === targetStart) return 400;
  const targetEnd = at++;
  const version = parseVersion(bytes, at, end);
  if (version < 0) return version === -1 ? MORE : -version;
  at += 8;
  if (at + 1 >= end) return at < end && bytes[at] !== CR ? 400 : MORE;
  if (bytes[at] !== CR || bytes[at + 1] !== LF) return 400;
  const result = parseFields(bytes, at + 2, end, line, limits);
  if (result !== DONE) return result;
  const text = bytes.toString("latin1", line, next);
  head.method = text.substring(0, methodEnd - line);
  head.target = text.substring(targetStart - line, targetEnd - line);
  head.minor = version;
  tellFields(bytes, text, line, true);
  head.sizeBytes = next - start;
  return DONE;
}

/**
 * Parses a response head from `start`. A missing space before an empty reason is accepted: it leaves no doubt.
 *
 * @returns {@link MORE}, {@link DONE}, or 502 for whatever is wrong.
 */
export function parseResponse(bytes: Octets, start: number, end: number, limits: HeadLimits): number {
  reset();
  const version = parseVersion(bytes, start, end);
  if (version < 0) return version === -1 ? MORE : 502;
  let at = start + 8;
  if (end - at < 5) return MORE;
  if (bytes[at] !== SPACE) return 502;
  let status = 0;
  for (let i = 1; i <= 3; i++) {
    const digit = bytes[at + i]! - 48;
    if (digit < 0 || digit > 9) return 502;
    status = status * 10 + digit;
  }
  if (status < 100) return 502;
  at += 4;
  let reasonStart = at;
  if (bytes[at] === SPACE) reasonStart = ++at;
  else if (bytes[at] !== CR) return 502;
  const last = Math.min(end, start + limits.maxLineBytes);
  while (at < last && VALUE[bytes[at]!] !== 0) at++;
  if (at + 1 >= last) return last < end ? 502 : MORE;
  if (bytes[at] !== CR || bytes[at + 1] !== LF) return 502;
  const reasonEnd = at;
  const result = parseFields(bytes, at + 2, end, start, limits);
  if (result !== DONE) return result === MORE ? MORE : 502;
  const text = bytes.toString("latin1", start, next);
  head.status = status;
  head.reason = text.substring(reasonStart - start, reasonEnd - start);
  head.minor = version;
  tellFields(bytes, text, start, false);
  head.sizeBytes = next - start;
  return DONE;
}

/**
 * Parses the trailer section after the last chunk, its closing empty line included.
 *
 * @returns The fields, {@link MORE} or a status as {@link parseRequest}.
 */
export function parseTrailers(
  bytes: Octets,
  start: number,
  end: number,
  limits: HeadLimits,
): string[] | number {
  reset();
  const result = parseFields(bytes, start, end, start, limits);
  if (result !== DONE) return result;
  const text = bytes.toString("latin1", start, next);
  tellFields(bytes, text, start, false);
  head.sizeBytes = next - start;
  return head.headers;
}

const HTTP = "HTTP/1.";

/** @returns The minor version as 0 or 1; -1 for more bytes; -400 and -505 for what is not HTTP/1. */
function parseVersion(bytes: Octets, at: number, end: number): number {
  const have = Math.min(8, end - at);
  for (let i = 0; i < have; i++) {
    const byte = bytes[at + i]!;
    if (i < 7 ? byte === HTTP.charCodeAt(i) : byte >= 48 && byte <= 57) continue;
    // HTTP/2.0 and the like are a version that is understood as such; anything else is noise.
    return i === 5 && byte >= 48 && byte <= 57 ? -505 : -400;
  }
  if (have < 8) return -1;
  // A higher minor version is read as the highest that is known (RFC 9110 §2.5).
  return bytes[at + 7] === 48 ? 0 : 1;
}

/** Marks every field line up to the empty line. `first` is where the head began. */
function parseFields(bytes: Octets, start: number, end: number, first: number, limits: HeadLimits): number {
  let at = start;
  const { maxLineBytes } = limits;
  const headEnd = first + limits.maxHeadBytes;
  for (;;) {
    if (at + 1 >= end) {
      if (at >= headEnd) return 431;
      return at < end && bytes[at] !== CR && TOKEN[bytes[at]!] === 0 ? 400 : MORE;
    }
    if (bytes[at] === CR) {
      if (bytes[at + 1] !== LF) return 400;
      next = at + 2;
      return next > headEnd ? 431 : DONE;
    }
    const nameStart = at;
    while (at < end && TOKEN[bytes[at]!] !== 0) at++;
    const nameEnd = at;
    if (at === end) return at - nameStart > maxLineBytes || at > headEnd ? 431 : MORE;
    // Covers obs-fold, a space before the colon and an empty name as well.
    if (bytes[at] !== COLON || nameEnd === nameStart) return 400;
    at++;
    while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
    const valueStart = at;
    while (at < end && VALUE[bytes[at]!] !== 0) at++;
    if (at - nameStart > maxLineBytes || at > headEnd) return 431;
    if (at === end) return MORE;
    if (bytes[at] !== CR) return 400;
    if (at + 1 === end) return MORE;
    if (bytes[at + 1] !== LF) return 400;
    let valueEnd = at;
    while (valueEnd > valueStart && (bytes[valueEnd - 1] === SPACE || bytes[valueEnd - 1] === TAB))
      valueEnd--;
    if (count === limits.maxFields) return 431;
    if (count * 4 === marks.length) {
      const larger = new Int32Array(marks.length * 2);
      larger.set(marks);
      marks = larger;
    }
    const mark = count++ * 4;
    marks[mark] = nameStart;
    marks[mark + 1] = nameEnd;
    marks[mark + 2] = valueStart;
    marks[mark + 3] = valueEnd;
    at += 2;
  }
}

/** Makes the strings of all fields from one decoded `text`, and notes those that matter for framing. */
function tellFields(bytes: Octets, text: string, first: number, dropUnusual: boolean): void {
  const headers: string[] = [];
  for (let i = 0; i < count * 4; i += 4) {
    const nameStart = marks[i]!;
    const nameEnd = marks[i + 1]!;
    if (dropUnusual && unusual(bytes, nameStart, nameEnd)) continue;
    const value = text.substring(marks[i + 2]! - first, marks[i + 3]! - first);
    headers.push(text.substring(nameStart - first, nameEnd - first), value);
    switch (nameEnd - nameStart) {
      case 4:
        if (sameName(bytes, nameStart, nameEnd, "host")) {
          head.hosts++;
          head.hostAt = headers.length - 1;
        }
        break;
      case 6:
        if (sameName(bytes, nameStart, nameEnd, "expect") && value.toLowerCase() === "100-continue")
          head.expect = true;
        break;
      case 7:
        if (sameName(bytes, nameStart, nameEnd, "upgrade")) head.upgrade = true;
        break;
      case 10:
        if (sameName(bytes, nameStart, nameEnd, "connection")) noteConnection(value);
        break;
      case 14:
        if (sameName(bytes, nameStart, nameEnd, "content-length"))
          head.contentLength = head.contentLength === -1 ? parseLength(value) : -2;
        break;
      case 17:
        if (sameName(bytes, nameStart, nameEnd, "transfer-encoding")) noteCoding(value);
        break;
    }
  }
  head.headers = headers;
}

function unusual(bytes: Octets, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (TOKEN[bytes[i]!] === 2) return true;
  return false;
}

function noteConnection(value: string): void {
  if (value === "keep-alive") head.keepAlive = true;
  else if (value === "close") head.close = true;
  else
    for (const part of value.split(",")) {
      const token = part.trim().toLowerCase();
      if (token === "close") head.close = true;
      else if (token === "keep-alive") head.keepAlive = true;
    }
}

function noteCoding(value: string): void {
  if (head.coding === "none" && value.toLowerCase() === "chunked") {
    head.coding = "chunked";
    return;
  }
  // Only `chunked` alone is understood. Another coding before it could be; one behind it never.
  const codings = value.split(",").map((coding) => coding.trim().toLowerCase());
  const early = head.coding === "chunked" || codings.indexOf("chunked") < codings.length - 1;
  const misplaced =
    codings.includes("") || (early && (head.coding === "chunked" || codings.includes("chunked")));
  head.coding = misplaced || head.coding === "misplaced" ? "misplaced" : "unknown";
}

/** @returns The length, or -2 for anything but 1 to 15 digits (leading zeros apart). */
function parseLength(value: string): number {
  let length = 0;
  if (value.length === 0 || value.length > 32) return -2;
  for (let i = 0; i < value.length; i++) {
    const digit = value.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -2;
    length = length * 10 + digit;
    if (length > Number.MAX_SAFE_INTEGER) return -2;
  }
  return length;
}

import { HEX } from "../../http1/index.ts";

/** Methods of other protocols. A request that speaks RTSP or the HTTP/2 preface to us is not meant for us. */
const FOREIGN = new Set([
  "PRI",
  "ANNOUNCE",
  "DESCRIBE",
  "FLUSH",
  "GET_PARAMETER",
  "PAUSE",
  "PLAY",
  "RECORD",
  "SET_PARAMETER",
  "SETUP",
  "TEARDOWN",
]);

/** @returns 0, or the status to refuse the method with: CONNECT and strange ones 400, TRACE 405, as nginx. */
export function judgeMethod(method: string): number {
  switch (method) {
    case "GET":
    case "POST":
    case "PUT":
    case "HEAD":
    case "DELETE":
    case "PATCH":
    case "OPTIONS":
      return 0;
    case "TRACE":
      return 405;
    case "CONNECT":
      return 400;
    default:
      return FOREIGN.has(method) || !/^[A-Z_-]+$/.test(method) ? 400 : 0;
  }
}

/** What the target names: the origin form, and the authority when it was sent in absolute form. */
export interface Target {
  readonly path: string;
  readonly authority: string | undefined;
}

/**
 * Brings a request target into origin form.
 *
 * @returns undefined for what is refused: the asterisk form (as Kong), a broken or NUL escape in the path, a
 * scheme other than http and https, user information.
 * @see RFC 9112 §3.2
 */
export function readTarget(target: string): Target | undefined {
  if (target.charCodeAt(0) === 47)
    return escapesHold(target) ? { path: target, authority: undefined } : undefined;
  const match = /^https?:\/\/([^/?]*)(.*)$/i.exec(target);
  if (match === null) return undefined;
  const authority = match[1]!;
  const rest = match[2]!;
  if (authority.includes("@") || !hostHolds(authority)) return undefined;
  const path = rest.startsWith("/") ? rest : `/${rest}`;
  return escapesHold(path) ? { path, authority } : undefined;
}

/** False when a percent sign in the path is not followed by two digits, or escapes NUL. */
export function escapesHold(target: string): boolean {
  let at = target.indexOf("%");
  if (at < 0) return true;
  const query = target.indexOf("?");
  const end = query < 0 ? target.length : query;
  while (at >= 0 && at < end) {
    const high = HEX[target.charCodeAt(at + 1)] ?? 255;
    const low = HEX[target.charCodeAt(at + 2)] ?? 255;
    if (at + 2 >= end || high === 255 || low === 255 || high + low === 0) return false;
    at = target.indexOf("%", at + 3);
  }
  return true;
}

/** The Host that was found good last: most requests have one and the same. */
let lastHost = "";

/** False for a Host that is empty or would break out of a URL. What nginx lets pass (`u@h`, `h:x`) passes. */
export function hostHolds(host: string): boolean {
  if (host === lastHost) return true;
  if (host.length === 0) return false;
  for (let i = 0; i < host.length; i++) {
    const code = host.charCodeAt(i);
    if (code <= 32 || code >= 127 || code === 47 || code === 92 || code === 63 || code === 35 || code === 44)
      return false;
  }
  if (host.includes("..")) return false;
  lastHost = host;
  return true;
}

import type { HeaderList } from "../../http/headers.ts";
import { type Directives, directivesOf, secondsOf } from "./directives.ts";
import type { Stored } from "./entry.ts";

const dateOf = (headers: HeaderList, name: string): number | undefined => {
  const text = headers.get(name);
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
};

/** Seconds that a response is fresh by its own words, 0 when it says nothing. @see RFC 9111 §4.2.1 */
export const lifetimeSeconds = (headers: HeaderList, directives: Directives, nowMs: number): number => {
  for (const name of ["s-maxage", "max-age"]) {
    if (!directives.has(name)) continue;
    // What can't be read is stale.
    return secondsOf(directives, name) ?? 0;
  }
  const expires = headers.getAll("expires");
  if (expires.length !== 1) return 0;
  const endsMs = dateOf(headers, "expires");
  return endsMs === undefined ? 0 : Math.floor((endsMs - (dateOf(headers, "date") ?? nowMs)) / 1000);
};

/** Seconds that a response was old when it came. @see RFC 9111 §4.2.3 */
export const ageOnArrival = (headers: HeaderList, nowMs: number): number => {
  const told = Number.parseInt(headers.get("age") ?? "0", 10);
  const sentMs = dateOf(headers, "date") ?? nowMs;
  return Math.max(0, Number.isFinite(told) ? told : 0, Math.floor((nowMs - sentMs) / 1000));
};

/** Whether what a response says forbids to keep it for others. @see RFC 9111 §3 */
export const forbidsStoring = (directives: Directives, isAuthorized: boolean): boolean =>
  directives.has("private") ||
  directives.has("no-store") ||
  directives.has("no-cache") ||
  (isAuthorized && !["public", "s-maxage", "must-revalidate"].some((name) => directives.has(name)));

const mustRevalidate = ["must-revalidate", "proxy-revalidate", "s-maxage"];

/** Whether a request takes a kept response as it is. @see RFC 9111 §4.2, §5.2.1 */
export const isAcceptable = (stored: Stored, request: Directives, ageSeconds: number): boolean => {
  const maxAge = secondsOf(request, "max-age");
  if (maxAge !== undefined && ageSeconds > maxAge) return false;
  const left = stored.freshSeconds - ageSeconds;
  const minFresh = secondsOf(request, "min-fresh");
  if (minFresh !== undefined && left < minFresh) return false;
  if (left > 0) return true;
  const maxStale = request.get("max-stale");
  if (maxStale === undefined) return false;
  const own = directivesOf(stored.headers.getAll("cache-control"));
  if (mustRevalidate.some((name) => own.has(name))) return false;
  return maxStale === true || -left <= (secondsOf(request, "max-stale") ?? -1);
};

const tagsOf = (field: string): string[] =>
  [...field.matchAll(/(?:W\/)?("[^"]*")|\*/g)].map(([whole, tag]) => tag ?? whole);

/** Whether the client has the response already. @see RFC 9110 §13.1.2, §13.1.3 */
export const isKnownToClient = (request: HeaderList, response: HeaderList): boolean => {
  const asked = request.getAll("if-none-match");
  if (asked.length > 0) {
    const [own] = tagsOf(response.get("etag") ?? "");
    const tags = tagsOf(asked.join(","));
    return own !== undefined && (tags.includes(own) || tags.includes("*"));
  }
  const since = dateOf(request, "if-modified-since");
  const modified = dateOf(response, "last-modified");
  return since !== undefined && modified !== undefined && modified <= since;
};

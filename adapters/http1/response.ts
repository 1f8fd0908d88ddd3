import type { Framing } from "./framing.ts";
import type { Head, HeadLimits } from "./parsed.ts";

/** Interim responses that one response may be preceded by. */
export const MAX_INTERIM = 64;

/** Below what a connection holds unread, so that an endless head ends there and does not just stop. */
export const responseLimits: HeadLimits = { maxLineBytes: 61_440, maxHeadBytes: 61_440, maxFields: 1_000 };

/**
 * How the body of the response to a request is delimited.
 *
 * @returns undefined for what must not be passed on (RFC 9112 §6.3).
 */
export const responseFraming = (
  { contentLength, coding, status, minor }: Head,
  method: string,
): Framing | "none" | undefined => {
  if (contentLength === -2) return undefined;
  const isBodiless = method === "HEAD" || status === 204 || status === 304;
  if (coding !== "none") {
    if (coding !== "chunked" || contentLength !== -1 || minor === 0) return undefined;
    return isBodiless ? "none" : "chunked";
  }
  if (isBodiless) return "none";
  return contentLength === -1 ? "close" : contentLength;
};

import { cookieValue } from "../http/cookie.ts";
import type { Exchange } from "../pdk/exchange.ts";
import type { UpstreamRow } from "../entities/rows.ts";

const argumentText = (exchange: Exchange, name: string): string | undefined => {
  const value = exchange.request.queryArguments.get(name);
  if (value === undefined) return undefined;
  return (Array.isArray(value) ? value : [value]).map(String).sort().join(",");
};

const captureText = (exchange: Exchange, name: string): string | undefined => {
  const captures = exchange.match?.captures;
  return captures?.named[name] ?? (/^\d+$/.test(name) ? captures?.unnamed[Number(name) - 1] : undefined);
};

/** Gives the client a cookie to be recognised by, and returns its value. */
const setCookie = (exchange: Exchange, name: string, path: string, newId: () => string): string => {
  const value = newId();
  (exchange.addedFields ??= []).push("Set-Cookie", `${name}=${value}; Path=${path}; SameSite=Lax; HttpOnly`);
  return value;
};

const inputOf = (
  exchange: Exchange,
  upstream: UpstreamRow,
  which: "hash_on" | "hash_fallback",
  newId: () => string,
): string | undefined => {
  switch (upstream[which]) {
    case "consumer":
      return exchange.consumer?.id ?? exchange.credential?.id;
    case "ip":
      return exchange.request.peerAddress;
    case "header":
      return exchange.request.headers.get(upstream[`${which}_header`] ?? "");
    case "cookie": {
      const name = upstream.hash_on_cookie ?? "";
      const path = upstream.hash_on_cookie_path ?? "/";
      return (
        cookieValue(exchange.request.headers.get("cookie"), name) ?? setCookie(exchange, name, path, newId)
      );
    }
    case "path":
      return exchange.match?.path;
    case "query_arg":
      return argumentText(exchange, upstream[`${which}_query_arg`] ?? "");
    case "uri_capture":
      return captureText(exchange, upstream[`${which}_uri_capture`] ?? "");
    default:
      return undefined;
  }
};

/**
 * What decides where an exchange goes under consistent hashing: `hash_on`, else `hash_fallback`, else nothing.
 *
 * @param newId Makes the value of a new cookie.
 */
export const hashInput = (exchange: Exchange, upstream: UpstreamRow, newId: () => string): string => {
  const known = exchange.hashInput;
  if (known !== undefined) return known;
  const input =
    inputOf(exchange, upstream, "hash_on", newId) ??
    inputOf(exchange, upstream, "hash_fallback", newId) ??
    "";
  // A retry must not set another cookie.
  exchange.hashInput = input;
  return input;
};

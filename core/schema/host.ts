import { ipVersion } from "./address.ts";

/** Splits `host:port`, `[v6]:port` and bare hosts. Undefined when what follows the host is no number. */
export function splitHostPort(value: string): { host: string; port: number | undefined } | undefined {
  if (ipVersion(value) === 6) return { host: value, port: undefined };
  const match = /^(\[[^\]]*\]|[^:]*)(?::([0-9]+))?$/.exec(value);
  if (!match) return undefined;
  return { host: match[1]!, port: match[2] === undefined ? undefined : Number(match[2]) };
}

/** Letters, digits, `.`, `_`, `-`; labels are not empty. Digits and dots alone would be an address. */
const hostname = /^(?![0-9.]+$)(?!\.)(?!.*\.\.)[0-9A-Za-z._-]+$/;

/**
 * What is wrong with an address or a name, perhaps with a port.
 *
 * @param allowWildcard The first or the last label may be `*`.
 * @param invalid Begins the message for a malformed value.
 */
export function hostProblem(
  value: string,
  allowWildcard: boolean,
  invalid = "invalid value",
): string | undefined {
  const parts = splitHostPort(value);
  if (!parts) return `${invalid}: ${value}`;
  if (parts.port !== undefined && parts.port > 65_535) return "invalid port number";
  const { host } = parts;
  if (ipVersion(host.startsWith("[") ? host.slice(1, -1) : host)) return undefined;
  const name = allowWildcard ? host.replace(/^\*\.|\.\*$/, "") : host;
  return hostname.test(name) ? undefined : `${invalid}: ${value}`;
}

import { ipVersion } from "../schema/address.ts";

/** What a text names: an address, or something to look up. */
export type HostKind = "ipv4" | "ipv6" | "name";

/** Without the brackets of an IPv6 address. */
export const bare = (host: string): string =>
  host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;

/** @param host IPv6 with or without brackets. */
export const hostKind = (host: string): HostKind => {
  const version = ipVersion(bare(host));
  return version === 0 ? "name" : version === 4 ? "ipv4" : "ipv6";
};

/** False for what can't be asked for: an empty label, one of more than 63 bytes, more than 253 bytes in all. */
export const isName = (name: string): boolean => {
  const text = name.endsWith(".") ? name.slice(0, -1) : name;
  if (text.length === 0 || text.length > 253 || !/^[\u0021-\u007e]+$/.test(text)) return false;
  return text.split(".").every((label) => label.length > 0 && label.length <= 63);
};

/** In the spelling that names are compared by: lower case, no final dot. */
export const canonical = (name: string): string => {
  const lower = name.toLowerCase();
  return lower.endsWith(".") ? lower.slice(0, -1) : lower;
};

import { isIP } from "node:net";

/** One entry of a `*_listen` property. */
export interface ListenAddress {
  /** IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean;
  readonly http2: boolean;
  readonly proxyProtocol: boolean;
  readonly reusePort: boolean;
  /** Connections that may wait to be accepted; undefined for the system's default. */
  readonly backlog: number | undefined;
}

const parseOne = (text: string): ListenAddress | string => {
  const [address = "", ...flags] = text.trim().split(/\s+/);
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  const port = Number(address.slice(colon + 1));
  if (colon <= 0 || isIP(host) === 0 || !Number.isInteger(port) || port < 0 || port > 65_535) {
    return `'${text.trim()}' is not of the form address:port [flags]`;
  }
  let backlog: number | undefined;
  const known = new Set(["ssl", "http2", "proxy_protocol", "reuseport", "deferred", "bind"]);
  for (const flag of flags) {
    const [name, value] = flag.split("=", 2);
    if (name === "backlog" && value !== undefined && /^\d+$/.test(value)) backlog = Number(value);
    else if (name !== "ipv6only" && name !== "so_keepalive" && !known.has(flag)) {
      return `'${text.trim()}' has an unknown flag: ${flag}`;
    }
  }
  return {
    host,
    port,
    ssl: flags.includes("ssl"),
    http2: flags.includes("http2"),
    proxyProtocol: flags.includes("proxy_protocol"),
    reusePort: flags.includes("reuseport"),
    backlog,
  };
};

/** Reads `0.0.0.0:8000 reuseport, 0.0.0.0:8443 ssl`; a text is what is wrong with it. */
export const parseListeners = (text: string): ListenAddress[] | string => {
  if (text.trim() === "off") return [];
  const listeners: ListenAddress[] = [];
  for (const entry of text.split(",")) {
    const parsed = parseOne(entry);
    if (typeof parsed === "string") return parsed;
    listeners.push(parsed);
  }
  return listeners;
};

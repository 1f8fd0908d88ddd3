import { ipVersion } from "../schema/address.ts";
import { canonical } from "./name.ts";

/** How names are looked up. */
export interface ResolvConf {
  /** `address:port`, at most 3. */
  readonly servers: readonly string[];
  /** Domains that short names are tried in, at most 6. */
  readonly search: readonly string[];
  /** A name with fewer dots is tried in the search domains first. */
  readonly ndots: number;
  readonly timeoutMs: number | undefined;
  readonly attempts: number | undefined;
  readonly rotate: boolean;
  /** Never datagrams. */
  readonly useVc: boolean;
  readonly edns0: boolean;
  /** Single-label names are not asked for as they are. */
  readonly noTldQuery: boolean;
}

const maxServers = 3;
const maxSearch = 6;

/** `address:port`; undefined for what is no address, or one of an interface (`%`). */
export const serverAt = (text: string, defaultPort = 53): string | undefined => {
  const match = /^\[([^\]]+)\](?::(\d+))?$/.exec(text) ?? /^([\d.]+)(?::(\d+))?$/.exec(text);
  const [, host, port] = match ?? [undefined, text, undefined];
  const version = ipVersion(host ?? "");
  if (version === 0 || Number(port ?? defaultPort) > 65_535) return undefined;
  return `${version === 6 ? `[${host}]` : host}:${port ?? defaultPort}`;
};

const numbers = { ndots: 15, timeout: 30, attempts: 5 } as const;

/** Bounds are glibc's. */
const readOption = (found: Map<string, number | true>, option: string): void => {
  const [name = "", text] = option.split(":", 2);
  if (name in numbers) {
    const value = Number(text);
    if (text !== undefined && Number.isInteger(value) && value >= 0)
      found.set(name, Math.min(value, numbers[name as keyof typeof numbers]));
  } else found.set(name, true);
};

/**
 * Reads a resolv.conf. What is not known is left out.
 *
 * @param environment `LOCALDOMAIN` replaces the search list, `RES_OPTIONS` goes before the file's options.
 * @see resolv.conf(5)
 */
export const parseResolvConf = (
  text: string,
  environment: { readonly LOCALDOMAIN?: string | undefined; readonly RES_OPTIONS?: string | undefined } = {},
): ResolvConf => {
  const servers: string[] = [];
  const options = new Map<string, number | true>();
  let search: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [keyword = "", ...values] = line
      .replace(/[#;].*$/, "")
      .trim()
      .split(/\s+/);
    if (keyword === "nameserver") {
      const server = serverAt(values[0] ?? "");
      if (server !== undefined && servers.length < maxServers) servers.push(server);
      // `domain` and `search` exclude each other: the last one counts.
    } else if (keyword === "search") search = values;
    else if (keyword === "domain") search = values.slice(0, 1);
    else if (keyword === "options") for (const option of values) readOption(options, option);
  }
  const words = (list: string | undefined): string[] =>
    list?.split(/\s+/).filter((word) => word !== "") ?? [];
  if (environment.LOCALDOMAIN !== undefined) search = words(environment.LOCALDOMAIN);
  for (const option of words(environment.RES_OPTIONS)) readOption(options, option);
  const number = (name: string): number | undefined => {
    const value = options.get(name);
    return typeof value === "number" ? value : undefined;
  };
  const timeout = number("timeout");
  return {
    servers,
    search: search
      .map(canonical)
      .filter((domain) => domain !== "")
      .slice(0, maxSearch),
    ndots: number("ndots") ?? 1,
    timeoutMs: timeout === undefined || timeout === 0 ? undefined : timeout * 1000,
    attempts: number("attempts") || undefined,
    rotate: options.has("rotate"),
    useVc: options.has("use-vc"),
    edns0: options.has("edns0"),
    noTldQuery: options.has("no-tld-query"),
  };
};

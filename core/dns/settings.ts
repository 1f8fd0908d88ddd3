import type { DnsTransport } from "../ports/dns.ts";
import { type Hosts, parseHosts } from "./hosts.ts";
import type { RecordType } from "./message.ts";
import { parseResolvConf, type ResolvConf, serverAt } from "./resolvconf.ts";
import { Resolver, type ResolverOptions } from "./resolver.ts";

/** What is tried in turn; LAST is the type that a name had when it was found last. */
export type OrderItem = RecordType | "LAST";

/** How names are looked up. Changing it makes a client forget what it knows. */
export interface DnsSettings {
  readonly resolver: Pick<Resolver, "query">;
  readonly hosts: Hosts;
  readonly search: readonly string[];
  readonly ndots: number;
  /** Names of one label are not asked for as they are. */
  readonly noTldQuery: boolean;
}

/** How long what was found is kept, and in which order it is sought. Kong's `dns_*`, with its defaults. */
export interface DnsOptions {
  /** Default LAST, SRV, A, AAAA, CNAME. */
  readonly order?: readonly OrderItem[];
  /** SRV is asked for only for names like `_http._tcp.name`, and short names only are searched. Default false. */
  readonly isStrict?: boolean;
  /** Milliseconds in place of every ttl; by default the records' own count. */
  readonly validTtlMs?: number | undefined;
  /** Milliseconds after its end that an answer is still given, while servers are asked again. Default 3,600,000. */
  readonly staleTtlMs?: number;
  /** Milliseconds that "there is none" is kept, or less where the zone says so. Default 30,000. */
  readonly notFoundTtlMs?: number;
  /** Milliseconds that any other failure is kept. Default 1,000. */
  readonly errorTtlMs?: number;
  /** Names that are kept. Default 10,000. */
  readonly cacheEntries?: number;
  /** Who asks for the same at the same time does not wait for another's query. Default false. */
  readonly isUnsynchronised?: boolean;
}

/** The files and properties of a host, as texts. */
export interface DnsSources {
  readonly hosts: string;
  readonly resolvConf: string;
  readonly environment?: {
    readonly LOCALDOMAIN?: string | undefined;
    readonly RES_OPTIONS?: string | undefined;
  };
  /** In place of the servers of resolv.conf: `address` or `address:port`, or URLs where the transport takes them. */
  readonly servers?: readonly string[];
}

/** @see resolv.conf(5): without a server, the one on this machine. */
const defaultServers = ["127.0.0.1:53"];

const resolverOptions = (conf: ResolvConf): Partial<ResolverOptions> => ({
  ...(conf.attempts !== undefined && { attempts: conf.attempts }),
  ...(conf.timeoutMs !== undefined && { timeoutMs: conf.timeoutMs }),
  rotate: conf.rotate,
  overStream: conf.useVc,
});

/**
 * Reads what says how to look names up.
 *
 * @param overrides What differs from resolv.conf.
 * @throws TypeError for a server that is neither an address nor a URL.
 */
export const readSettings = (
  { hosts, resolvConf, environment, servers = [] }: DnsSources,
  transport: DnsTransport,
  random: ResolverOptions["random"],
  overrides: Partial<ResolverOptions> = {},
): DnsSettings => {
  const conf = parseResolvConf(resolvConf, environment);
  const named = servers.map((text) => {
    const server = /^https?:\/\//.test(text) ? text : serverAt(text);
    if (server === undefined) throw new TypeError(`'${text}' is no address of a name server`);
    return server;
  });
  const used = named.length > 0 ? named : conf.servers.length > 0 ? conf.servers : defaultServers;
  return {
    resolver: new Resolver({ ...resolverOptions(conf), servers: used, transport, random, ...overrides }),
    hosts: parseHosts(hosts),
    search: conf.search,
    ndots: conf.ndots,
    noTldQuery: conf.noTldQuery,
  };
};

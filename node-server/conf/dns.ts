import { isIP } from "node:net";
import type { DnsOptions, OrderItem } from "../../core/index.ts";
import type { PropertyName, Texts } from "./properties.ts";

/** How this node looks names up. */
export interface DnsConf {
  /** The operating system does it, by its own rules. */
  readonly isSystem: boolean;
  /** In place of those of resolv.conf; empty for those. */
  readonly servers: readonly string[];
  readonly hostsFile: string;
  readonly options: DnsOptions;
}

const types: readonly string[] = ["LAST", "SRV", "A", "AAAA", "CNAME"];
const families: readonly string[] = ["SRV", "A", "AAAA"];

const listOf = (text: string): string[] => text.split(",").flatMap((item) => item.trim() || []);

const isServer = (text: string): boolean => {
  const match = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text) ?? /^([\d.]+)(?::(\d{1,5}))?$/.exec(text);
  return isIP(match?.[1] ?? text) !== 0;
};

/** The names of the properties that count: Kong has one set for each of its two clients. */
const namesOf = (texts: Texts) =>
  texts.new_dns_client === "on" || texts.new_dns_client === "true"
    ? ({ servers: "resolver_address", order: "resolver_family", known: families } as const)
    : ({ servers: "dns_resolver", order: "dns_order", known: types } as const);

/** What is wrong with the properties; empty when nothing is. */
export const dnsProblems = (texts: Texts): string[] => {
  const { servers, order, known } = namesOf(texts);
  const problems: string[] = [];
  if (texts[servers] !== "system") {
    for (const server of listOf(texts[servers]))
      if (!isServer(server))
        problems.push(
          `${servers} must be a comma separated list in the form of IPv4/6 or IPv4/6:port, got '${server}'`,
        );
  }
  const items = listOf(texts[order]).map((item) => item.toUpperCase());
  if (items.length === 0) problems.push(`${order}: is empty`);
  for (const item of items) if (!known.includes(item)) problems.push(`${order}: invalid entry '${item}'`);
  return problems;
};

/** Reads the properties of Kong's two clients: the newer one asks for services only by their form of name. */
export const dnsConf = (texts: Texts): DnsConf => {
  const ms = (name: PropertyName): number => Number(texts[name]) * 1000;
  const validMs = (name: PropertyName): number | undefined => (texts[name] === "" ? undefined : ms(name));
  const { servers, order } = namesOf(texts);
  const items = listOf(texts[order]).map((item) => item.toUpperCase() as OrderItem);
  const common = {
    isSystem: texts[servers] === "system",
    servers: texts[servers] === "system" ? [] : listOf(texts[servers]),
  };
  if (servers === "resolver_address") {
    return {
      ...common,
      hostsFile: texts.resolver_hosts_file,
      options: {
        isStrict: true,
        order: families.filter((family) => items.includes(family as OrderItem)) as OrderItem[],
        validTtlMs: validMs("resolver_valid_ttl"),
        staleTtlMs: ms("resolver_stale_ttl"),
        notFoundTtlMs: ms("resolver_error_ttl"),
        errorTtlMs: ms("resolver_error_ttl"),
        cacheEntries: Math.max(1, Number(texts.resolver_lru_cache_size)),
      },
    };
  }
  return {
    ...common,
    hostsFile: texts.dns_hostsfile,
    options: {
      order: items,
      validTtlMs: validMs("dns_valid_ttl"),
      staleTtlMs: ms("dns_stale_ttl"),
      notFoundTtlMs: ms("dns_not_found_ttl"),
      errorTtlMs: ms("dns_error_ttl"),
      cacheEntries: Math.max(1, Number(texts.dns_cache_size)),
      isUnsynchronised: texts.dns_no_sync === "on" || texts.dns_no_sync === "true",
    },
  };
};

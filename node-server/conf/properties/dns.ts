import { type Property, unused } from "../property.ts";

export const dns = {
  dns_resolver: {
    type: "list",
    default: "",
    doc: "Name servers, `address` or `address:port`; those of /etc/resolv.conf when empty; `system`: the operating system resolves names.",
  },
  dns_hostsfile: {
    type: "string",
    default: "/etc/hosts",
    doc: "File of names and addresses that go before DNS.",
  },
  dns_order: {
    type: "list",
    default: "LAST,SRV,A,CNAME",
    doc: "Types of records in the order they are asked for: LAST (the type found last), SRV, A, AAAA, CNAME.",
  },
  dns_valid_ttl: { type: "number", default: "", doc: "Seconds in place of the ttl of every record." },
  dns_stale_ttl: {
    type: "number",
    default: "3600",
    doc: "Seconds after its end that a record is still used, while servers are asked again.",
  },
  dns_not_found_ttl: {
    type: "number",
    default: "30",
    doc: "Seconds that 'there is no such name' is kept, or less where the zone says so.",
  },
  dns_error_ttl: { type: "number", default: "1", doc: "Seconds that any other failure is kept." },
  dns_cache_size: { type: "integer", default: "10000", doc: "Names that a worker keeps." },
  dns_no_sync: {
    type: "boolean",
    default: "off",
    doc: "Every request that needs a name asks for it, even when another one does already.",
  },
  new_dns_client: {
    type: "boolean",
    default: "off",
    doc: "Look names up as Kong's newer client: SRV only for names like `_http._tcp.name`; reads `resolver_*` instead of `dns_*`.",
  },
  resolver_address: { type: "list", default: "", doc: "As `dns_resolver`, for `new_dns_client`." },
  resolver_hosts_file: { type: "string", default: "/etc/hosts", doc: "As `dns_hostsfile`." },
  resolver_family: {
    type: "list",
    default: "A,SRV",
    doc: "Types of records that are asked for: A, AAAA, SRV.",
  },
  resolver_valid_ttl: { type: "number", default: "", doc: "As `dns_valid_ttl`." },
  resolver_stale_ttl: { type: "number", default: "3600", doc: "As `dns_stale_ttl`." },
  resolver_error_ttl: {
    type: "number",
    default: "1",
    doc: "Seconds that failures and missing names are kept.",
  },
  resolver_lru_cache_size: { type: "integer", default: "10000", doc: "As `dns_cache_size`." },
  ...unused("resolver_lru_cache_size is the cache of a worker", { resolver_mem_cache_size: "5m" }),
} as const satisfies Record<string, Property>;

/** A DNS client, usable alone: clock, randomness, logger and the way to servers are handed in. */
export { Answer, type Endpoint } from "./answer.ts";
export { DnsClient, type DnsClientPorts, type SocketAddress } from "./client.ts";
export { isServiceName } from "./lookup.ts";
export { DnsFailure, type DnsFailureCode } from "./failure.ts";
export { type HostEntry, type Hosts, parseHosts } from "./hosts.ts";
export type {
  AddressRecord,
  AliasRecord,
  DnsRecord,
  DnsReply,
  RecordType,
  ServiceRecord,
} from "./message.ts";
export { hostKind, type HostKind } from "./name.ts";
export { parseResolvConf, type ResolvConf } from "./resolvconf.ts";
export { Resolver, type ResolverOptions } from "./resolver.ts";
export {
  type DnsOptions,
  type DnsSettings,
  type DnsSources,
  type OrderItem,
  readSettings,
} from "./settings.ts";
export { type DnsStatistics, mergeStatistics } from "./statistics.ts";

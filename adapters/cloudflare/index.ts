export { KvConfigurations, type PublishedConfiguration } from "./configuration.ts";
export { SocketDnsTransport } from "./dns.ts";

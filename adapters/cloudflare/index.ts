export { KvConfigurations, type PublishedConfiguration } from "./configuration.ts";
export { SocketDnsTransport } from "./dns.ts";
export { AlarmTimers } from "./alarm.ts";
export { StorageHealthBoard } from "./healthboard.ts";
export { socketDialer } from "./dialer.ts";

export { SocketDnsTransport } from "./dns.ts";
export { StorageHealthBoard } from "./healthboard.ts";
export { socketDialer } from "./dialer.ts";
export { AlarmTimers, type AlarmStorage } from "./alarm.ts";
export {
  configurationChannel,
  isNewer,
  KvConfigurations,
  type PublishedConfiguration,
} from "./configuration.ts";
export { CronTimers } from "./cron.ts";
export { DurableEventLog, EventLogObject } from "./eventlog.ts";
export { DurableDict, DurableLock } from "./dict/client.ts";
export { DictShard } from "./dict/shard.ts";
export { KvDict } from "./kvdict.ts";
export { EdgeTransport } from "./http/choice.ts";
export { KeptConnections } from "./http/connection.ts";
export { SocketTransport } from "./http/transport.ts";

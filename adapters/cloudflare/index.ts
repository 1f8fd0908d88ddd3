export { configurationChannel, KvConfigurations, type PublishedConfiguration } from "./configuration.ts";
export { DurableEventLog, EventLogObject } from "./eventlog.ts";

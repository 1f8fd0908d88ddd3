export { KvConfigurations, type PublishedConfiguration } from "./configuration.ts";
export { DurableDict, DurableLock } from "./dict/client.ts";
export { DictShard } from "./dict/shard.ts";
export { KvDict } from "./kvdict.ts";

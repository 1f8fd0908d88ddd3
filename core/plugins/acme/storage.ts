import { type PluginHost, recordsOf, redisServer } from "../../pdk/index.ts";
import type { KeyValue, OpenKeyValue } from "../../ports/keyvalue.ts";
import type { Records } from "../../ports/records.ts";
import type { SharedDict } from "../../ports/shareddict.ts";
import type { Config } from "./schema.ts";

const table = "acme_storage";

/** A row's `ttl`: 0 for never. */
const secondsOf = (ttlMs: number | undefined): number => (ttlMs === undefined ? 0 : Math.ceil(ttlMs / 1000));

/** In the database: every node finds it. */
export class RowStorage implements KeyValue {
  private readonly records: Records;

  constructor(records: Records) {
    this.records = records;
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.records.find(table, "key", key))?.["value"] as string | undefined;
  }

  async set(key: string, value: string, ttlMs?: number): Promise<void> {
    const row = await this.records.find(table, "key", key);
    const changed = row && (await this.records.update(table, row.id, { value, ttl: secondsOf(ttlMs) }));
    // Who adds it at the same moment wrote as lately.
    if (changed === undefined) await this.add(key, value, ttlMs);
  }

  async add(key: string, value: string, ttlMs?: number): Promise<boolean> {
    try {
      await this.records.insert(table, { key, value, ttl: secondsOf(ttlMs) });
      return true;
    } catch (error) {
      if ((await this.get(key)) !== undefined) return false;
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    const row = await this.records.find(table, "key", key);
    if (row !== undefined) await this.records.remove(table, row.id);
  }

  async keys(prefix: string): Promise<string[]> {
    const rows = await this.records.list(table);
    return rows.map((row) => row["key"] as string).filter((key) => key.startsWith(prefix));
  }
}

/** In the memory of the node: its workers find it. */
export class DictStorage implements KeyValue {
  private readonly dict: SharedDict;

  constructor(dict: SharedDict) {
    this.dict = dict;
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.dict.get(key)) as string | undefined;
  }

  async set(key: string, value: string, ttlMs = Infinity): Promise<void> {
    const written = await this.dict.set(key, value, ttlMs);
    if (written === "full") throw new Error("there is no room in the shared memory");
  }

  async add(key: string, value: string, ttlMs = Infinity): Promise<boolean> {
    const written = await this.dict.add(key, value, ttlMs);
    if (written === "full") throw new Error("there is no room in the shared memory");
    return written !== "exists";
  }

  async delete(key: string): Promise<void> {
    await this.dict.delete(key);
  }

  async keys(prefix: string): Promise<string[]> {
    return (await this.dict.keys(Infinity)).filter((key) => key.startsWith(prefix));
  }
}

/** The same under keys that all begin with the same. */
class Prefixed implements OpenKeyValue {
  private readonly inner: OpenKeyValue;
  private readonly prefix: string;

  constructor(inner: OpenKeyValue, prefix: string) {
    this.inner = inner;
    this.prefix = prefix;
  }

  get(key: string): Promise<string | undefined> {
    return this.inner.get(this.prefix + key);
  }

  set(key: string, value: string, ttlMs?: number): Promise<void> {
    return this.inner.set(this.prefix + key, value, ttlMs);
  }

  add(key: string, value: string, ttlMs?: number): Promise<boolean> {
    return this.inner.add(this.prefix + key, value, ttlMs);
  }

  delete(key: string): Promise<void> {
    return this.inner.delete(this.prefix + key);
  }

  async keys(prefix: string): Promise<string[]> {
    const keys = await this.inner.keys(this.prefix + prefix);
    return keys.map((key) => key.slice(this.prefix.length));
  }

  close(): void {
    this.inner.close();
  }
}

const lasting = (storage: KeyValue): OpenKeyValue => Object.assign(storage, { close: () => undefined });

/** Where a configuration keeps things. Close it when it is out of use. @throws Error when that is not to be had here. */
export const storageOf = ({ storage, storage_config: { redis } }: Config, host: PluginHost): OpenKeyValue => {
  if (storage === "kong") return lasting(new RowStorage(recordsOf(host)));
  if (storage !== "redis") return lasting(new DictStorage(host.kept));
  if (host.redis === undefined) throw new Error("Redis can't be reached from here");
  const { extra_options: extra } = redis;
  const opened = host.redis(redisServer(redis), extra?.scan_count ?? undefined);
  const namespace = extra?.namespace ?? "";
  return namespace === "" ? opened : new Prefixed(opened, namespace);
};

import type {
  DictEntry,
  DictValue,
  Lease,
  Lock,
  SharedDict,
  StaleEntry,
  Written,
} from "../../../core/index.ts";
import { type DictAnswer, type DictMethod, type DictShard, shardBytes } from "./shard.ts";

/** FNV-1a: the same key goes to the same shard from everywhere, for ever. */
const hash = (text: string): number => {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return sum >>> 0;
};

const valueOf = (answer: DictAnswer): unknown => {
  if ("value" in answer) return answer.value;
  throw answer.problem === "type" ? new TypeError(answer.message) : new RangeError(answer.message);
};

/** Objects of one name, one a shard. A stub is made for each call: it belongs to the request that makes it. */
class Shards {
  readonly count: number;
  private readonly namespace: DurableObjectNamespace<DictShard>;
  private readonly name: string;

  constructor(namespace: DurableObjectNamespace<DictShard>, name: string, count: number) {
    this.namespace = namespace;
    this.name = name;
    this.count = count;
  }

  of(key: string): DurableObjectStub<DictShard> {
    return this.at(hash(key) % this.count);
  }

  at(index: number): DurableObjectStub<DictShard> {
    return this.namespace.getByName(`${this.name}:${index}`);
  }
}

/** A dict in Durable Objects, sharded by the hash of the key: the same for every isolate everywhere. */
export class DurableDict implements SharedDict {
  readonly minTtlMs = 1;
  readonly stalenessMs = 0;
  readonly evicts = "least recently written";
  readonly capacityBytes: number;
  private readonly shards: Shards;

  /**
   * @param name Dicts of different names share nothing.
   * @param shards Objects, each with 64 MiB and one call at a time. Another number is another dict.
   */
  constructor(namespace: DurableObjectNamespace<DictShard>, name: string, shards = 16) {
    this.shards = new Shards(namespace, `dict:${name}`, shards);
    this.capacityBytes = shards * shardBytes;
  }

  // Awaited here: what a stub returns is no Promise, and continuing by `whenReady` needs one.
  private async ask<T>(method: DictMethod, key: string, ...args: readonly unknown[]): Promise<T> {
    return valueOf(await this.shards.of(key).call(method, [key, ...args])) as T;
  }

  private all<T>(method: DictMethod, ...args: readonly unknown[]): Promise<T[]> {
    return Promise.all(
      Array.from(
        { length: this.shards.count },
        async (_, i) => valueOf(await this.shards.at(i).call(method, args)) as T,
      ),
    );
  }

  get(key: string): Promise<DictValue | undefined> {
    return this.ask("get", key);
  }

  getWithFlags(key: string): Promise<DictEntry | undefined> {
    return this.ask("getWithFlags", key);
  }

  getStale(key: string): Promise<StaleEntry | undefined> {
    return this.ask("getStale", key);
  }

  set(key: string, value: DictValue, ttlMs?: number, flags?: number): Promise<Written> {
    return this.ask("set", key, value, ttlMs, flags);
  }

  safeSet(key: string, value: DictValue, ttlMs?: number, flags?: number): Promise<Written> {
    return this.ask("safeSet", key, value, ttlMs, flags);
  }

  add(key: string, value: DictValue, ttlMs?: number, flags?: number): Promise<Written> {
    return this.ask("add", key, value, ttlMs, flags);
  }

  safeAdd(key: string, value: DictValue, ttlMs?: number, flags?: number): Promise<Written> {
    return this.ask("safeAdd", key, value, ttlMs, flags);
  }

  replace(key: string, value: DictValue, ttlMs?: number, flags?: number): Promise<Written> {
    return this.ask("replace", key, value, ttlMs, flags);
  }

  delete(key: string): Promise<void> {
    return this.ask("delete", key);
  }

  async clear(prefix: string): Promise<void> {
    await this.all("clear", prefix);
  }

  incr(key: string, by: number, init: number, initTtlMs?: number): Promise<number>;
  incr(key: string, by: number): Promise<number | undefined>;
  incr(key: string, by: number, init?: number, initTtlMs?: number): Promise<number | undefined> {
    return this.ask("incr", key, by, init, initTtlMs);
  }

  lpush(key: string, value: DictValue): Promise<number | undefined> {
    return this.ask("lpush", key, value);
  }

  rpush(key: string, value: DictValue): Promise<number | undefined> {
    return this.ask("rpush", key, value);
  }

  lpop(key: string): Promise<DictValue | undefined> {
    return this.ask("lpop", key);
  }

  rpop(key: string): Promise<DictValue | undefined> {
    return this.ask("rpop", key);
  }

  llen(key: string): Promise<number> {
    return this.ask("llen", key);
  }

  ttl(key: string): Promise<number | undefined> {
    return this.ask("ttl", key);
  }

  expire(key: string, ttlMs: number): Promise<boolean> {
    return this.ask("expire", key, ttlMs);
  }

  async flushAll(): Promise<void> {
    await this.all("flushAll");
  }

  async flushExpired(max = Infinity): Promise<number> {
    let freed = 0;
    for (let i = 0; i < this.shards.count && freed < max; i++)
      freed += valueOf(await this.shards.at(i).call("flushExpired", [max - freed])) as number;
    return freed;
  }

  async keys(max = 1024): Promise<string[]> {
    const found = await this.all<string[]>("keys", max);
    return found.flat().slice(0, max);
  }

  async freeBytes(): Promise<number> {
    return sum(await this.all<number>("freeBytes"));
  }

  async evictions(): Promise<number> {
    return sum(await this.all<number>("evictions"));
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Locks in Durable Objects, for every isolate everywhere. A lease outlives the isolate that holds it until its end. */
export class DurableLock implements Lock {
  private readonly shards: Shards;

  /** @param shards Objects that share the keys. Another number is another set of locks. */
  constructor(namespace: DurableObjectNamespace<DictShard>, name: string, shards = 16) {
    this.shards = new Shards(namespace, `lock:${name}`, shards);
  }

  async acquire(key: string, leaseMs: number, timeoutMs: number): Promise<Lease | undefined> {
    const token = await this.shards.of(key).acquire(key, leaseMs, timeoutMs);
    if (token === undefined) return undefined;
    return {
      extend: async (forMs) => await this.shards.of(key).extend(key, token, forMs),
      release: async () => await this.shards.of(key).release(key, token),
    };
  }
}

import type { Redis } from "ioredis";
import type { Addition, CountedWindow, OpenCounters, RedisServer, Taken } from "../../core/index.ts";
import { Connection, redisAt } from "./connect.ts";

/** Reads every count, and counts only where all have room: one step for Redis, so nobody comes in between. */
const takeScript = `
local counts, allowed = {}, 1
for i, key in ipairs(KEYS) do
  counts[i] = tonumber(redis.call("GET", key) or "0")
  if counts[i] >= tonumber(ARGV[i * 2 - 1]) then allowed = 0 end
end
if allowed == 1 then
  for i, key in ipairs(KEYS) do
    counts[i] = redis.call("INCR", key)
    if counts[i] == 1 then redis.call("PEXPIRE", key, ARGV[i * 2]) end
  end
end
for i = 1, #counts do counts[i] = tostring(counts[i]) end
return {allowed, unpack(counts)}`;

const addScript = `
local sums = {}
for i, key in ipairs(KEYS) do
  sums[i] = tostring(redis.call("INCRBYFLOAT", key, ARGV[i * 2 - 1]))
  if redis.call("PTTL", key) < 0 then redis.call("PEXPIRE", key, ARGV[i * 2]) end
end
return sums`;

interface Scripts {
  takeCounters(count: number, ...rest: (string | number)[]): Promise<[number, ...string[]]>;
  addCounters(count: number, ...rest: (string | number)[]): Promise<string[]>;
}

const wholeMs = (ms: number): number => Math.max(1, Math.ceil(ms));

/** One connection to a server, for all who count there. */
class SharedCounters implements OpenCounters {
  users = 0;
  private readonly connection: Connection<Redis & Scripts>;

  constructor(server: RedisServer, onError: (error: Error) => void) {
    this.connection = new Connection(async () => {
      const client = await redisAt(server, onError);
      client.defineCommand("takeCounters", { lua: takeScript });
      client.defineCommand("addCounters", { lua: addScript });
      return client as Redis & Scripts;
    });
  }

  async take(windows: readonly CountedWindow[]): Promise<Taken> {
    const client = await this.connection.ready();
    const rest = windows.flatMap(({ limit, endsInMs }) => [limit, wholeMs(endsInMs)]);
    const keys = windows.map(({ key }) => key);
    const [allowed, ...counts] = await client.takeCounters(keys.length, ...keys, ...rest);
    return { isAllowed: allowed === 1, counts: counts.map(Number) };
  }

  async read(keys: readonly string[]): Promise<number[]> {
    const client = await this.connection.ready();
    return (await client.mget(...keys)).map((value) => Number(value ?? 0));
  }

  async add(additions: readonly Addition[]): Promise<number[]> {
    const client = await this.connection.ready();
    const rest = additions.flatMap(({ by, endsInMs }) => [by, wholeMs(endsInMs)]);
    const keys = additions.map(({ key }) => key);
    return (await client.addCounters(keys.length, ...keys, ...rest)).map(Number);
  }

  close(): void {
    this.connection.close();
  }
}

/** Counters in Redis: one connection for each server, open while somebody uses it. */
export class RedisCounters {
  private readonly onError: (error: Error) => void;
  private readonly connections = new Map<string, SharedCounters>();

  /** @param onError Told of connections that break. */
  constructor(onError: (error: Error) => void) {
    this.onError = onError;
  }

  at(server: RedisServer): OpenCounters {
    const name = JSON.stringify(server);
    let connection = this.connections.get(name);
    if (connection === undefined) {
      connection = new SharedCounters(server, this.onError);
      this.connections.set(name, connection);
    }
    const used = connection;
    used.users++;
    let isClosed = false;
    return {
      take: (windows) => used.take(windows),
      read: (keys) => used.read(keys),
      add: (additions) => used.add(additions),
      close: () => {
        if (isClosed) return;
        isClosed = true;
        if (--used.users > 0) return;
        used.close();
        this.connections.delete(name);
      },
    };
  }
}

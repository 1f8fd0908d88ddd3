import type { Redis } from "ioredis";
import type { Addition, CountedWindow, OpenCounters, RedisServer, Taken } from "../../core/index.ts";

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
class Connection implements OpenCounters {
  users = 0;
  private readonly make: () => Promise<Redis>;
  private made: Promise<Redis & Scripts> | undefined;
  private connecting: Promise<void> | undefined;

  /** @param make Asked when the first count is taken, added or read. */
  constructor(make: () => Promise<Redis>) {
    this.make = make;
  }

  private async client(): Promise<Redis & Scripts> {
    const client = await this.make();
    client.defineCommand("takeCounters", { lua: takeScript });
    client.defineCommand("addCounters", { lua: addScript });
    return client as Redis & Scripts;
  }

  async take(windows: readonly CountedWindow[]): Promise<Taken> {
    const client = await this.ready();
    const rest = windows.flatMap(({ limit, endsInMs }) => [limit, wholeMs(endsInMs)]);
    const keys = windows.map(({ key }) => key);
    const [allowed, ...counts] = await client.takeCounters(keys.length, ...keys, ...rest);
    return { isAllowed: allowed === 1, counts: counts.map(Number) };
  }

  async read(keys: readonly string[]): Promise<number[]> {
    const client = await this.ready();
    return (await client.mget(...keys)).map((value) => Number(value ?? 0));
  }

  async add(additions: readonly Addition[]): Promise<number[]> {
    const client = await this.ready();
    const rest = additions.flatMap(({ by, endsInMs }) => [by, wholeMs(endsInMs)]);
    const keys = additions.map(({ key }) => key);
    return (await client.addCounters(keys.length, ...keys, ...rest)).map(Number);
  }

  close(): void {
    this.made?.then(
      (client) => client.disconnect(),
      () => undefined,
    );
  }

  /** The first request waits for the connection. When it is lost, requests fail at once until it is back. */
  private async ready(): Promise<Redis & Scripts> {
    const client = await (this.made ??= this.client());
    if (client.status !== "wait" && this.connecting === undefined) return client;
    this.connecting ??= client.connect().finally(() => (this.connecting = undefined));
    await this.connecting;
    return client;
  }
}

/** Counters in Redis: one connection for each server, open while somebody uses it. */
export class RedisCounters {
  private readonly onError: (error: Error) => void;
  private readonly connections = new Map<string, Connection>();

  /** @param onError Told of connections that break. */
  constructor(onError: (error: Error) => void) {
    this.onError = onError;
  }

  at(server: RedisServer): OpenCounters {
    const name = JSON.stringify(server);
    let connection = this.connections.get(name);
    if (connection === undefined) {
      connection = new Connection(() => this.connect(server));
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

  private async connect(server: RedisServer): Promise<Redis> {
    // 57 modules that no worker loads which counts nothing in Redis.
    const { Redis: Client } = await import("ioredis");
    const { host, port, timeoutMs, username, password, database, isSecure, isVerified, serverName } = server;
    const client = new Client({
      host,
      port,
      db: database,
      lazyConnect: true,
      // A request fails at once while there is no connection: the plugin decides what that means.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: timeoutMs,
      commandTimeout: timeoutMs,
      retryStrategy: (times) => Math.min(2_000, 50 * times),
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(isSecure && {
        tls: { rejectUnauthorized: isVerified, ...(serverName !== undefined && { servername: serverName }) },
      }),
    });
    client.on("error", this.onError);
    return client;
  }
}

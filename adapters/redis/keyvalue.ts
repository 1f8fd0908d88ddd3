import type { OpenKeyValue, RedisServer } from "../../core/index.ts";
import { Connection, redisAt } from "./connect.ts";

/** Keys that one step of a search looks at, by default. */
const defaultScan = 10;

/** What a pattern of Redis takes for more than itself. */
const escaped = (text: string): string => text.replace(/[\\*?[\]^-]/g, "\\$&");

/** Texts in Redis. */
export class RedisKeyValue implements OpenKeyValue {
  private readonly connection: Connection;
  private readonly scanCount: number;

  /**
   * @param onError Told of a connection that breaks.
   * @param scanCount Keys that one step of `keys` looks at, about.
   */
  constructor(server: RedisServer, onError: (error: Error) => void, scanCount = defaultScan) {
    this.connection = new Connection(() => redisAt(server, onError));
    this.scanCount = scanCount;
  }

  async get(key: string): Promise<string | undefined> {
    return (await (await this.connection.ready()).get(key)) ?? undefined;
  }

  async set(key: string, value: string, ttlMs?: number): Promise<void> {
    const client = await this.connection.ready();
    await (ttlMs === undefined ? client.set(key, value) : client.set(key, value, "PX", Math.ceil(ttlMs)));
  }

  async add(key: string, value: string, ttlMs?: number): Promise<boolean> {
    const client = await this.connection.ready();
    const written = await (ttlMs === undefined
      ? client.set(key, value, "NX")
      : client.set(key, value, "PX", Math.ceil(ttlMs), "NX"));
    return written === "OK";
  }

  async delete(key: string): Promise<void> {
    await (await this.connection.ready()).del(key);
  }

  async keys(prefix: string): Promise<string[]> {
    const client = await this.connection.ready();
    const found = new Set<string>();
    let cursor = "0";
    do {
      const [next, keys] = await client.scan(cursor, "MATCH", `${escaped(prefix)}*`, "COUNT", this.scanCount);
      // A search may come by a key twice.
      for (const key of keys) found.add(key);
      cursor = next;
    } while (cursor !== "0");
    return [...found];
  }

  close(): void {
    this.connection.close();
  }
}

import type { Redis } from "ioredis";
import type { RedisServer } from "../../core/index.ts";

/**
 * A client that is not connected yet.
 *
 * @param onError Told of a connection that breaks.
 */
export const redisAt = async (server: RedisServer, onError: (error: Error) => void): Promise<Redis> => {
  // 57 modules that no worker loads which keeps nothing in Redis.
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
  client.on("error", onError);
  return client;
};

/** One client of a server, connected by its first use. */
export class Connection<C extends Redis = Redis> {
  private readonly make: () => Promise<C>;
  private made: Promise<C> | undefined;
  private connecting: Promise<void> | undefined;

  /** @param make Asked by the first use. */
  constructor(make: () => Promise<C>) {
    this.make = make;
  }

  /** The first use waits for the connection. When it is lost, calls fail at once until it is back. */
  async ready(): Promise<C> {
    const client = await (this.made ??= this.make());
    if (client.status !== "wait" && this.connecting === undefined) return client;
    this.connecting ??= client.connect().finally(() => (this.connecting = undefined));
    await this.connecting;
    return client;
  }

  close(): void {
    this.made?.then(
      (client) => client.disconnect(),
      () => undefined,
    );
  }
}

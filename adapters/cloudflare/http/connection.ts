import { connect } from "cloudflare:sockets";
import type { UpstreamAddress } from "../../../core/index.ts";
import { Trouble } from "./waiting.ts";

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Connects, and speaks TLS where the address asks for it. */
const open = async ({ host, port, tls }: UpstreamAddress): Promise<Socket> => {
  const hostname = host.includes(":") ? `[${host}]` : host;
  const socket = connect(
    { hostname, port },
    { secureTransport: tls === undefined ? "off" : "starttls", allowHalfOpen: false },
  );
  socket.closed.catch(() => undefined);
  try {
    await socket.opened;
  } catch (error) {
    const isUnknown = /resolve|DNS|lookup/i.test(textOf(error));
    throw new Trouble(isUnknown ? "name_not_resolved" : "connect_refused", textOf(error), error);
  }
  if (tls === undefined) return socket;
  const secure = socket.startTls({ expectedServerHostname: tls.serverName });
  secure.closed.catch(() => undefined);
  try {
    await secure.opened;
  } catch (error) {
    throw new Trouble("tls_failed", textOf(error), error);
  }
  return secure;
};

type Chunk = ReadableStreamReadResult<Uint8Array>;

/** A connection to an upstream: it serves one exchange at a time. */
export class Connection {
  /** What connections have in common that can stand in for each other. */
  readonly key: string;
  readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  private readonly socket: Socket;
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private coming: Promise<Chunk> | undefined;

  constructor(key: string, socket: Socket) {
    this.key = key;
    this.socket = socket;
    this.writer = socket.writable.getWriter();
    this.reader = socket.readable.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  }

  read(): Promise<Chunk> {
    const { coming } = this;
    this.coming = undefined;
    return coming ?? this.reader.read();
  }

  /** Listens while nothing was asked: whatever comes, an end too, makes the connection useless. */
  watch(spoilt: () => void): void {
    this.coming = this.reader.read();
    this.coming.then(spoilt, spoilt);
  }

  close(): void {
    this.socket.close().catch(() => undefined);
  }
}

/** Where connections come from, and go when an exchange is over. */
export interface Connections {
  /** True when they serve one exchange after another. */
  readonly areKept: boolean;
  /** @throws Trouble */
  take(address: UpstreamAddress): Promise<Connection>;
  /** A connection on which nothing is owed. */
  give(connection: Connection): void;
}

/** Each exchange has a connection of its own: a socket ends with the request that opened it. */
export const eachItsOwn: Connections = {
  areKept: false,
  take: async (address) => new Connection("", await open(address)),
  give: (connection) => connection.close(),
};

/** Milliseconds that a connection waits for the next exchange; Kong's `upstream_keepalive_idle_timeout`. */
const idleMs = 60_000;
/** Idle connections to one address; Kong's `upstream_keepalive_pool_size` is 512 a worker. */
const maxIdle = 64;

/** Connections that outlive an exchange: where sockets do not end with a request, which is in a Durable Object. */
export class KeptConnections implements Connections {
  readonly areKept = true;
  private readonly idle = new Map<
    string,
    { connection: Connection; timer: ReturnType<typeof setTimeout> }[]
  >();

  async take(address: UpstreamAddress): Promise<Connection> {
    const { host, port, tls } = address;
    const key = `${host} ${port} ${tls?.serverName ?? ""}`;
    // The one that was used last is the least likely to be closed by the other side.
    const found = this.idle.get(key)?.pop();
    if (found === undefined) return new Connection(key, await open(address));
    clearTimeout(found.timer);
    return found.connection;
  }

  give(connection: Connection): void {
    const { key } = connection;
    let waiting = this.idle.get(key);
    if (waiting === undefined) this.idle.set(key, (waiting = []));
    if (waiting.length >= maxIdle) return connection.close();
    const held = waiting;
    const drop = (): void => {
      const at = held.indexOf(entry);
      if (at < 0) return;
      clearTimeout(entry.timer);
      held.splice(at, 1);
      connection.close();
    };
    const entry = { connection, timer: setTimeout(drop, idleMs) };
    held.push(entry);
    connection.watch(drop);
  }
}

import { type Server, type Socket, connect, createServer } from "node:net";
import {
  type ListenOptions,
  type Listener,
  type ListenerOptions,
  listen,
} from "../../adapters/node/http/listener.ts";
import { NodeTransport, type TransportOptions } from "../../adapters/node/http/transport.ts";
import type { ConnectionFacts, RequestHandler, UpstreamAddress } from "../../core/index.ts";
import { type Timeouts, straightHandler } from "./straight.ts";

/** A client that speaks in bytes. */
export class RawClient {
  readonly socket: Socket;
  received = "";
  private readonly waiting = new Set<() => void>();
  readonly closed: Promise<void>;

  constructor(socket: Socket) {
    this.socket = socket;
    const wake = (): void => {
      for (const check of this.waiting) check();
    };
    socket.on("data", (bytes: Buffer) => {
      this.received += bytes.toString("latin1");
      wake();
    });
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        resolve();
        wake();
      });
    });
  }

  static open(port: number, host = "127.0.0.1"): RawClient {
    return new RawClient(connect({ port, host, allowHalfOpen: true }));
  }

  send(text: string): this {
    this.socket.write(Buffer.from(text, "latin1"));
    return this;
  }

  /** Waits for what was received to match; fails when the connection closes first. */
  until(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const found = pattern.test(this.received);
        if (!found && !this.socket.destroyed) return;
        this.waiting.delete(check);
        if (found) resolve(this.received);
        else reject(new Error(`closed before ${pattern}; received ${JSON.stringify(this.received)}`));
      };
      this.waiting.add(check);
      check();
    });
  }

  /** Waits for the other side to end, and closes. */
  async end(): Promise<string> {
    if (this.socket.readableEnded) this.socket.end();
    else this.socket.once("end", () => this.socket.end());
    await this.closed;
    return this.received;
  }

  close(): void {
    this.socket.destroy();
  }

  /** Closes by a reset. Node leaks the handle of a socket that is reset while it shuts down: that is only closed. */
  reset(): void {
    if (this.socket.writableEnded) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }
}

/** The port that a server listens on. */
export function portOf(server: Pick<Server, "address">): number {
  const bound = server.address();
  if (typeof bound !== "object" || bound === null) throw new Error("the server does not listen");
  return bound.port;
}

/** What an upstream does with a connection. */
export type Script = (client: RawClient, connection: number) => void;

/** An upstream that answers each request head with the same bytes. */
export const always =
  (answer: string): Script =>
  (client) => {
    client.socket.on("data", () => {
      const { length } = client.received.match(/\r\n\r\n/g) ?? [];
      if (length === 0) return;
      client.received = "";
      for (let i = 0; i < length; i++) client.send(answer);
    });
  };

export const ok = (body = "ok"): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** A raw upstream, a gateway before it, and raw clients. */
export class Rig {
  readonly listener: Listener;
  readonly transport: NodeTransport;
  readonly upstream: Server;
  /** Connections that the upstream saw. */
  readonly connections: RawClient[];
  /** What the handler was told. */
  readonly events: string[];
  /** Told the connection of each request. */
  noted: ((connection: ConnectionFacts) => void) | undefined;
  private readonly clients: RawClient[] = [];

  private constructor(
    listener: Listener,
    transport: NodeTransport,
    upstream: Server,
    connections: RawClient[],
    events: string[],
  ) {
    this.listener = listener;
    this.transport = transport;
    this.upstream = upstream;
    this.connections = connections;
    this.events = events;
  }

  static async start(
    script: Script,
    options: ListenerOptions & {
      where?: Partial<ListenOptions>;
      transport?: TransportOptions;
      timeouts?: Timeouts;
      address?: Partial<UpstreamAddress>;
    } = {},
  ): Promise<Rig> {
    const connections: RawClient[] = [];
    const events: string[] = [];
    const upstream = createServer({ allowHalfOpen: true }, (socket) => {
      const client = new RawClient(socket);
      connections.push(client);
      script(client, connections.length);
    });
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    const port = portOf(upstream);
    const transport = new NodeTransport(options.transport);
    const address = { host: "127.0.0.1", port, tls: undefined, ...options.address };
    const straight = straightHandler(transport, address, options.timeouts, (event) => events.push(event));
    const handler: RequestHandler = {
      handle(request, downstream, scope) {
        rig.noted?.(request.connection);
        return straight.handle(request, downstream, scope);
      },
      refuse: (status, request, downstream) => straight.refuse(status, request, downstream),
    };
    const listener = await listen({ host: "127.0.0.1", port: 0, ...options.where }, handler, options);
    const rig = new Rig(listener, transport, upstream, connections, events);
    return rig;
  }

  get port(): number {
    return this.listener.address.port;
  }

  client(): RawClient {
    return this.keep(RawClient.open(this.port));
  }

  /** Closes a client at the end. */
  keep(client: RawClient): RawClient {
    this.clients.push(client);
    return client;
  }

  /** Sends one request on a connection of its own and reads until the gateway closes. */
  async once(text: string): Promise<string> {
    return this.client().send(text).end();
  }

  /** Waits until something holds: for effects that no byte announces. */
  static async eventually(holds: () => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const poll = setInterval(() => holds() && resolve(), 2);
    const limit = setTimeout(() => reject(new Error(`never: ${holds.toString()}`)), 3_000);
    try {
      await promise;
    } finally {
      clearInterval(poll);
      clearTimeout(limit);
    }
  }

  /** Waits until a number stays as it is for 100 ms. */
  static async settled(measure: () => number): Promise<void> {
    let last = Number.NaN;
    let since = 0;
    await Rig.eventually(() => {
      const now = measure();
      if (now !== last) since = performance.now();
      last = now;
      return performance.now() - since > 100;
    });
  }

  /** Closes everything, and fails when a connection is left. */
  async stop(): Promise<void> {
    for (const client of this.clients) client.close();
    this.transport.close();
    await this.listener.close({ graceMs: 300 });
    for (const connection of this.connections) connection.close();
    await new Promise((resolve) => this.upstream.close(resolve));
    await Rig.eventually(() => this.transport.openConnections === 0);
    const { open, active } = this.listener.counters;
    if (open !== 0 || active !== 0) throw new Error(`left: ${open} open, ${active} active`);
  }
}

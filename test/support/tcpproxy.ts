import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface TcpProxy {
  readonly port: number;
  /** Breaks every connection. */
  cut(): void;
  /** Passes nothing on any more, and ends nothing either, until it is told to go on. */
  stall(isStalled: boolean): void;
  close(): Promise<void>;
}

export interface TcpProxyOptions {
  readonly port: number;
  /** A connection whose client sends this text is broken. */
  readonly refuses?: string;
}

/** A network that fails on demand, between a client and a port of 127.0.0.1. */
export const startTcpProxy = async ({ port, refuses }: TcpProxyOptions): Promise<TcpProxy> => {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isStalled = false;
  const cut = (): void => {
    for (const sockets of pairs) for (const socket of sockets) socket.resetAndDestroy();
  };
  const server = createServer((client) => {
    const upstream = connect({ host: "127.0.0.1", port, noDelay: true });
    client.setNoDelay(true);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from.on("data", (chunk: Buffer) => {
        if (refuses !== undefined && from === client && chunk.includes(refuses)) from.destroy();
        else to.write(chunk);
      });
      from.on("error", () => to.destroy());
      from.on("close", () => {
        to.destroy();
        pairs.delete(pair);
      });
      if (isStalled) from.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    stall(next) {
      isStalled = next;
      for (const sockets of pairs)
        for (const socket of sockets) {
          if (next) socket.pause();
          else socket.resume();
        }
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

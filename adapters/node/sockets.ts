import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Sockets, Stream, StreamTarget } from "../../core/index.ts";

class NodeStream implements Stream {
  private readonly target: StreamTarget;
  private socket: Socket | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(target: StreamTarget) {
    this.target = target;
  }

  /** One write after the other, so that no two records mix. */
  write(bytes: Uint8Array): Promise<void> {
    const written = this.turn.then(() => this.send(bytes));
    this.turn = written.catch(() => undefined);
    return written;
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
  }

  private async send(bytes: Uint8Array): Promise<void> {
    const { timeoutMs, keepAliveMs } = this.target;
    const socket = (this.socket ??= await this.connected());
    socket.setTimeout(timeoutMs);
    await new Promise<void>((resolve, reject) => {
      socket.once("timeout", () => socket.destroy(new Error("the connection takes nothing")));
      socket.write(bytes, (error) => (error ? reject(error) : resolve()));
    }).catch((error: unknown) => {
      this.close();
      throw error;
    });
    socket.removeAllListeners("timeout");
    if (keepAliveMs <= 0) this.close();
    else socket.setTimeout(keepAliveMs, () => this.forget(socket));
  }

  private forget(socket: Socket): void {
    if (this.socket === socket) this.socket = undefined;
    socket.destroy();
  }

  private connected(): Promise<Socket> {
    const { host, port, tls, timeoutMs } = this.target;
    return new Promise((resolve, reject) => {
      const open = (): void => {
        socket.unref();
        resolve(socket);
      };
      const socket: Socket =
        tls === undefined
          ? connectPlain({ host, port }, open)
          : connectTls({ host, port, servername: tls.serverName ?? host, rejectUnauthorized: false }, open);
      socket.setTimeout(timeoutMs, () =>
        socket.destroy(new Error(`no connection to ${host}:${port} in time`)),
      );
      socket.on("error", reject);
      socket.on("close", () => {
        reject(new Error(`no connection to ${host}:${port}`));
        this.forget(socket);
      });
    });
  }
}

/** UDP and TCP of the system. */
export class NodeSockets implements Sockets {
  private readonly datagrams: Partial<Record<4 | 6, DatagramSocket>> = {};

  async datagram(host: string, port: number, bytes: Uint8Array): Promise<void> {
    const { address, family } = await lookup(host);
    const socket = this.socketOf(family === 6 ? 6 : 4);
    await new Promise<void>((resolve, reject) =>
      socket.send(bytes, port, address, (error) => (error ? reject(error) : resolve())),
    );
  }

  stream(target: StreamTarget): Stream {
    return new NodeStream(target);
  }

  /** One socket a family serves all: a datagram names its own target. */
  private socketOf(family: 4 | 6): DatagramSocket {
    let socket = this.datagrams[family];
    if (socket === undefined) {
      socket = createSocket(family === 6 ? "udp6" : "udp4");
      socket.on("error", () => undefined);
      socket.unref();
      this.datagrams[family] = socket;
    }
    return socket;
  }
}

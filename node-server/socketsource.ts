import type { BoundSocket } from "../adapters/node/index.ts";
import type { ListenAddress } from "./conf/listeners.ts";
import type { FromRuntime, ToRuntime } from "./messages.ts";
import { nameOf, type SocketCounts } from "./sockets.ts";

const defaultBacklog = 16_384;

/** A socket to listen on. */
export interface GivenSocket {
  /** Its place in the list of addresses. */
  readonly address: number;
  readonly socket: BoundSocket;
  readonly backlog: number;
}

/** The sockets of the supervisor, as the runtime process gets them: a copy each time it asks. */
export class SocketSource {
  private readonly waiting = new Map<number, (socket: BoundSocket | undefined) => void>();
  private readonly send: (message: FromRuntime) => void;
  private last = 0;

  constructor(send: (message: FromRuntime) => void) {
    this.send = send;
  }

  /** The supervisor answered. */
  received({ id }: Extract<ToRuntime, { type: "socket" }>, socket: BoundSocket | undefined): void {
    this.waiting.get(id)?.(socket);
    this.waiting.delete(id);
  }

  private ask(name: string, number: number): Promise<BoundSocket | undefined> {
    const id = ++this.last;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.send({ type: "socket", id, name, number });
    });
  }

  /**
   * The sockets that one of several shares in: one of each address, or more where there are more than members.
   *
   * @throws Error when the supervisor has none.
   */
  async take(
    addresses: readonly ListenAddress[],
    counts: SocketCounts,
    member: number,
    members: number,
  ): Promise<GivenSocket[]> {
    const given: GivenSocket[] = [];
    for (const [at, address] of addresses.entries()) {
      const name = nameOf(address);
      for (let number = member; number < (counts[name] ?? 0); number += members) {
        const socket = await this.ask(name, number);
        if (socket === undefined) throw new Error(`there is no socket ${number} of ${name}`);
        given.push({ address: at, socket, backlog: address.backlog ?? defaultBacklog });
      }
    }
    return given;
  }
}

import { type BoundSocket, bindSocket } from "../adapters/node/index.ts";
import type { ListenAddress } from "./conf/listeners.ts";
import type { Conf } from "./conf/load.ts";
import { probe, reasonOf } from "./probe.ts";

/** `host:port` */
export const nameOf = ({ host, port }: Pick<ListenAddress, "host" | "port">): string => `${host}:${port}`;

/** How many sockets each address has. */
export type SocketCounts = Readonly<Record<string, number>>;

interface Wanted {
  readonly property: string;
  readonly address: ListenAddress;
  readonly count: number;
}

const wantedBy = ({ proxyListen, adminListen, statusListen, workers }: Conf): Wanted[] => [
  ...proxyListen.map((address) => ({ property: "proxy_listen", address, count: workers })),
  ...adminListen.map((address) => ({ property: "admin_listen", address, count: 1 })),
  ...statusListen.map((address) => ({ property: "status_listen", address, count: 1 })),
];

/**
 * The sockets of a gateway, kept by the process that outlives all others: whoever serves them may die or be replaced,
 * connections wait for the next one. Each worker has a socket of its own of each address, between which the system
 * spreads the connections.
 */
export class Sockets {
  private readonly byName = new Map<string, BoundSocket[]>();

  /** @throws AggregateError with every address that can't be had; then nothing changed. */
  async open(conf: Conf): Promise<SocketCounts> {
    const wanted = wantedBy(conf);
    const fresh = wanted.filter(({ address }) => !this.byName.has(nameOf(address)));
    const problems: string[] = [];
    for (const { property, address } of fresh) {
      const problem = await probe(property, address);
      if (problem !== undefined) problems.push(problem);
    }
    if (problems.length > 0) throw new AggregateError(problems.map((problem) => new Error(problem)));
    const opened: [string, BoundSocket[]][] = [];
    try {
      for (const { property, address, count } of wanted) {
        const had = this.byName.get(nameOf(address)) ?? [];
        const more: BoundSocket[] = [];
        opened.push([nameOf(address), more]);
        while (had.length + more.length < count) more.push(this.bind(property, address));
      }
    } catch (error) {
      for (const [, more] of opened) for (const socket of more) socket.close();
      throw error;
    }
    for (const [name, more] of opened) this.byName.set(name, [...(this.byName.get(name) ?? []), ...more]);
    return Object.fromEntries(wanted.map(({ address }) => [nameOf(address), this.count(nameOf(address))]));
  }

  private bind(property: string, address: ListenAddress): BoundSocket {
    try {
      return bindSocket(address.host, address.port);
    } catch (error) {
      throw new Error(`${property} ${nameOf(address)}: ${reasonOf(error as NodeJS.ErrnoException)}`, {
        cause: error,
      });
    }
  }

  private count(name: string): number {
    return this.byName.get(name)?.length ?? 0;
  }

  get(name: string, number: number): BoundSocket | undefined {
    return this.byName.get(name)?.[number];
  }

  /**
   * Closes the addresses that a configuration does not name. Those it names keep all their sockets, also with fewer
   * workers than before: a closed one would take the connections with it that wait on it.
   */
  retain(conf: Conf): void {
    const names = new Set(wantedBy(conf).map(({ address }) => nameOf(address)));
    for (const [name, sockets] of this.byName) {
      if (names.has(name)) continue;
      this.byName.delete(name);
      for (const socket of sockets) socket.close();
    }
  }

  close(): void {
    for (const sockets of this.byName.values()) for (const socket of sockets) socket.close();
    this.byName.clear();
  }
}

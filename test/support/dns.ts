import { decode, encode } from "./packet.ts";
import { MemoryClock, MemoryLogger, MemoryRandom } from "../../adapters/memory/index.ts";
import {
  DnsClient,
  type DnsExchange,
  type DnsOptions,
  type DnsSources,
  type DnsTransport,
  readSettings,
} from "../../core/index.ts";

/** What a name server in memory says: records, a code, or nothing at all. */
export type MemoryReply =
  | readonly {
      readonly type: string;
      readonly data: unknown;
      readonly ttl?: number;
      readonly name?: string;
    }[]
  | "NXDOMAIN"
  | "SERVFAIL"
  | "silence";

const codes = { NXDOMAIN: 3, SERVFAIL: 2 } as const;

/** Name servers in memory. Names and types that are not in their zone do not exist. */
export class MemoryNameServers implements DnsTransport {
  /** `name TYPE` to what is said of it; without a type for all of them. */
  readonly zone = new Map<string, MemoryReply>();
  /** What was asked, as `name TYPE`. */
  readonly asked: string[] = [];
  /** Seconds that "there is none" may be kept. */
  negativeTtl: number | undefined = undefined;
  /** Held back until it is called, when it is set. */
  gate: Promise<void> | undefined = undefined;

  async exchange(_server: string, query: Uint8Array, { accepts }: DnsExchange): Promise<Uint8Array> {
    const { id = 0, questions = [] } = decode(query);
    const { name, type } = questions[0]!;
    this.asked.push(`${name} ${type}`);
    await this.gate;
    const reply = this.zone.get(`${name} ${type}`) ?? this.zone.get(name) ?? "NXDOMAIN";
    if (reply === "silence") throw new Error("nobody answers");
    const message = encode({
      type: "response",
      id,
      flags: typeof reply === "string" ? codes[reply] : 0,
      questions,
      answers: typeof reply === "string" ? [] : reply.map((record) => ({ name, ttl: 60, ...record })),
      authorities:
        this.negativeTtl === undefined
          ? []
          : [
              {
                type: "SOA",
                name: "test",
                ttl: 3600,
                data: {
                  mname: "ns",
                  rname: "x",
                  serial: 1,
                  refresh: 1,
                  retry: 1,
                  expire: 1,
                  minimum: this.negativeTtl,
                },
              },
            ],
    });
    if (!accepts(message)) throw new Error("not accepted");
    return message;
  }

  /** Gives a name addresses (or takes them away). */
  put(name: string, addresses: readonly string[], ttl = 60): void {
    const of = (type: string, list: readonly string[]): void => {
      this.zone.set(
        `${name} ${type}`,
        list.map((data) => ({ type, data, ttl })),
      );
    };
    of(
      "A",
      addresses.filter((address) => !address.includes(":")),
    );
    of(
      "AAAA",
      addresses.filter((address) => address.includes(":")),
    );
    this.zone.set(name, []);
  }

  /** Gives a name services: target, port, weight, priority. */
  putServices(
    name: string,
    services: readonly (readonly [string, number, number, number])[],
    ttl = 60,
  ): void {
    this.zone.set(
      `${name} SRV`,
      services.map(([target, port, weight, priority]) => ({
        type: "SRV",
        ttl,
        data: { target, port, weight, priority },
      })),
    );
    this.zone.set(name, []);
  }
}

export interface MemoryDns {
  readonly servers: MemoryNameServers;
  readonly client: DnsClient;
  readonly clock: MemoryClock;
}

/** A client of name servers in memory. */
export const memoryDns = (
  options: DnsOptions = {},
  sources: Partial<DnsSources> = {},
  clock = new MemoryClock(),
): MemoryDns => {
  const servers = new MemoryNameServers();
  const random = new MemoryRandom(11);
  const settings = readSettings({ hosts: "", resolvConf: "options attempts:1", ...sources }, servers, random);
  return {
    servers,
    clock,
    client: new DnsClient(settings, options, { clock, random, logger: new MemoryLogger() }),
  };
};

import type { DnsTransport } from "../ports/dns.ts";
import type { Random } from "../ports/random.ts";
import { DnsFailure } from "./failure.ts";
import { type DnsReply, type RecordType, readReply, writeQuery } from "./message.ts";
import { isName } from "./name.ts";

export interface ResolverOptions {
  readonly transport: DnsTransport;
  readonly random: Random;
  /** As the transport names them. */
  readonly servers: readonly string[];
  /** Tries in all, each with the next server. Default 5. */
  readonly attempts?: number;
  /** Milliseconds for each try. Default 2,000. */
  readonly timeoutMs?: number;
  /** Begin with a server by chance, not always with the first. Default false. */
  readonly rotate?: boolean;
  /** Mix upper and lower case in names: what a forger has to guess beside id and port (0x20). Default false. */
  readonly mixCase?: boolean;
  /** The largest datagram accepted (EDNS0); 0 sends queries without extensions. Default 1,232: no fragments. */
  readonly udpBytes?: number;
  /** Never use datagrams (`use-vc`). Default false. */
  readonly overStream?: boolean;
}

/** A server that answers so may be broken where another is not. */
const isServerTrouble = (rcode: string): boolean =>
  rcode === "SERVFAIL" || rcode === "REFUSED" || rcode === "NOTIMP";

/** Asks name servers, one after the other until one answers. Keeps nothing. */
export class Resolver {
  private readonly options: ResolverOptions;

  /** @throws TypeError without a server. */
  constructor(options: ResolverOptions) {
    if (options.servers.length === 0) throw new TypeError("a resolver needs a server");
    this.options = options;
  }

  /** Milliseconds after which a query has ended in any case, TCP after truncation not counted. */
  get budgetMs(): number {
    return (this.options.attempts ?? 5) * (this.options.timeoutMs ?? 2000);
  }

  /**
   * @returns What the first server said that knows, an error code like NXDOMAIN included.
   * @throws DnsFailure `unreachable` when none answered, `bad_name` for what can't be asked.
   */
  async query(name: string, type: RecordType): Promise<DnsReply> {
    if (!isName(name)) throw new DnsFailure("bad_name", `"${name}" is no name that can be asked for`);
    const { servers, random, attempts = 5, rotate = false, udpBytes = 1232 } = this.options;
    const first = rotate ? Math.floor(random.fraction() * servers.length) : 0;
    const causes: unknown[] = [];
    let trouble: DnsReply | undefined;
    for (let i = 0; i < Math.max(1, attempts); i++) {
      // Every server has had its say: asking them again would bring the same.
      if (trouble !== undefined && i >= servers.length) break;
      try {
        // Something on the way may drop extensions: the second round goes without (RFC 6891 §6.2.5).
        const usedBytes = i < servers.length ? udpBytes : 0;
        const reply = await this.ask(servers[(first + i) % servers.length]!, name, type, usedBytes);
        if (!isServerTrouble(reply.rcode)) return reply;
        trouble = reply;
      } catch (error) {
        causes.push(error);
      }
    }
    if (trouble !== undefined) return trouble;
    const reason = causes.at(-1) instanceof Error ? (causes.at(-1) as Error).message : String(causes.at(-1));
    throw new DnsFailure("unreachable", `dns client error: ${reason}`, { cause: new AggregateError(causes) });
  }

  private async ask(server: string, name: string, type: RecordType, udpBytes: number): Promise<DnsReply> {
    const { overStream = false } = this.options;
    let reply = await this.exchange(server, name, type, udpBytes, overStream);
    // RFC 6891 §7: a server that knows no extensions.
    if (reply.rcode === "FORMERR" && udpBytes > 0)
      reply = await this.exchange(server, name, type, 0, overStream);
    if (reply.isTruncated && !overStream) reply = await this.exchange(server, name, type, udpBytes, true);
    return reply;
  }

  private async exchange(
    server: string,
    name: string,
    type: RecordType,
    udpBytes: number,
    overStream: boolean,
  ): Promise<DnsReply> {
    const { transport, timeoutMs = 2000, mixCase = false } = this.options;
    const noise = new Uint8Array(2 + (mixCase ? name.length : 0));
    this.options.random.fill(noise);
    const id = noise[0]! * 256 + noise[1]!;
    const asked = mixCase ? mixed(name, noise.subarray(2)) : name;
    let reply: DnsReply | undefined;
    const accepts = (message: Uint8Array): boolean => {
      reply = judged(message, id, asked, type, mixCase);
      return reply !== undefined;
    };
    await transport.exchange(server, writeQuery(id, asked, type, udpBytes), {
      overStream,
      timeoutMs,
      accepts,
    });
    return reply!;
  }
}

const mixed = (name: string, noise: Uint8Array): string =>
  Array.from(name, (char, i) => (noise[i]! & 1 ? char.toUpperCase() : char.toLowerCase())).join("");

/** The reply, when it is one to this question. */
const judged = (
  message: Uint8Array,
  id: number,
  name: string,
  type: RecordType,
  isExact: boolean,
): DnsReply | undefined => {
  try {
    const reply = readReply(message);
    if (reply === undefined || reply.id !== id) return undefined;
    const { question } = reply;
    // Servers that can't read a query may answer without repeating it.
    if (question === undefined) return reply.rcode === "FORMERR" ? reply : undefined;
    const plain = name.endsWith(".") ? name.slice(0, -1) : name;
    const isSame = isExact ? question.name === plain : question.name.toLowerCase() === plain.toLowerCase();
    return isSame && question.type === type ? reply : undefined;
  } catch {
    return undefined;
  }
};

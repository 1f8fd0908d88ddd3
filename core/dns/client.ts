import { Sieve } from "../mlcache/index.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import { Answer, type Endpoint } from "./answer.ts";
import { DnsFailure, recursion } from "./failure.ts";
import { type Found, isServiceName, Lookup } from "./lookup.ts";
import type { DnsRecord } from "./message.ts";
import { bare, canonical, hostKind } from "./name.ts";
import type { DnsOptions, DnsSettings } from "./settings.ts";
import { type DnsStatistics, Statistics } from "./statistics.ts";

export interface DnsClientPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Pick<Logger, "log">;
}

/** An address to connect to. */
export interface SocketAddress {
  /** IP, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Services that may lead to services. */
const maxServices = 4;

/** Milliseconds after which a question that never ended holds up no other: at the edge it dies with its request. */
const patienceMs = 30_000;

const endpointOf = (record: DnsRecord): Endpoint =>
  record.type === "SRV"
    ? // A weight of 0 gets very little, but something (RFC 2782).
      { host: record.target, port: record.port, weight: record.weight === 0 ? 0.1 : record.weight }
    : { host: record.type === "CNAME" ? record.target : record.address, port: 0, weight: 1 };

const endpointsOf = (records: readonly DnsRecord[]): Endpoint[] => {
  const lowest = Math.min(...records.map((record) => (record.type === "SRV" ? record.priority : 0)));
  return records.filter((record) => record.type !== "SRV" || record.priority === lowest).map(endpointOf);
};

/** The servers' decided word: there is nothing. */
const isVerdict = ({ code }: DnsFailure): boolean => code === "no_such_name" || code === "empty";

/**
 * Looks names up and keeps what it found: hosts file, then DNS. An expired answer is given for a while more, and servers
 * are asked again meanwhile (RFC 8767); that a name is gone replaces what was known of it, that no server answers does
 * not.
 */
export class DnsClient {
  private readonly ports: DnsClientPorts;
  private readonly options: DnsOptions;
  private readonly statistics: Statistics;
  private settings: DnsSettings;
  private lookup: Lookup;
  private answers: Sieve<Answer>;
  private readonly asking = new Map<string, { readonly answer: Promise<Answer>; readonly sinceMs: number }>();

  constructor(settings: DnsSettings, options: DnsOptions, ports: DnsClientPorts) {
    this.ports = ports;
    this.options = options;
    this.statistics = new Statistics(options.cacheEntries ?? 10_000);
    this.settings = settings;
    this.lookup = new Lookup(settings, options, ports.clock, this.statistics);
    this.answers = new Sieve(options.cacheEntries ?? 10_000);
  }

  /** Goes on with other files or servers; nothing that was known counts any more. */
  configure(settings: DnsSettings): void {
    this.settings = settings;
    this.lookup = new Lookup(settings, this.options, this.ports.clock, this.statistics);
    this.answers = new Sieve(this.options.cacheEntries ?? 10_000);
    this.asking.clear();
  }

  /**
   * What a name leads to; at once when it is known, stale or not.
   *
   * @param host A name, or an address (IPv6 with or without brackets).
   * @returns Never fails: an answer may have a `failure`.
   */
  resolve(host: string): Answer | Promise<Answer> {
    const name = host.toLowerCase();
    const answer = this.answers.get(name, this.ports.clock) ?? this.known(name);
    if (answer === undefined) return this.miss(name);
    const { counters } = answer;
    counters.runs++;
    if (answer.expiresAtMs > this.ports.clock.nowMs()) {
      counters.hit_lru++;
      return answer;
    }
    counters.hit_stale++;
    void this.refresh(name, answer);
    return answer;
  }

  /** As {@link resolve}, but what is expired is given only when no server answers. */
  renew(host: string): Answer | Promise<Answer> {
    const answer = this.resolve(host);
    if (answer instanceof Promise || answer.expiresAtMs > this.ports.clock.nowMs()) return answer;
    return this.refresh(answer.name, answer);
  }

  /**
   * An address for a host, each time the next of its addresses; services by weight, with their port.
   *
   * @param port Where the record names none.
   * @param avoided Addresses to pass over while there are others.
   */
  toip(
    host: string,
    port: number,
    avoided?: (address: SocketAddress) => boolean,
    depth = 0,
  ): SocketAddress | DnsFailure | Promise<SocketAddress | DnsFailure> {
    const answer = this.resolve(host);
    return answer instanceof Promise
      ? answer.then((late) => this.choose(late, port, avoided, depth))
      : this.choose(answer, port, avoided, depth);
  }

  private choose(
    answer: Answer,
    port: number,
    avoided: ((address: SocketAddress) => boolean) | undefined,
    depth: number,
  ): SocketAddress | DnsFailure | Promise<SocketAddress | DnsFailure> {
    if (answer.failure !== undefined) return answer.failure;
    if (answer.type === "SRV") {
      if (depth >= maxServices) return recursion();
      const service = answer.pick()!;
      return this.toip(
        this.absolute(service.host),
        service.port === 0 ? port : service.port,
        avoided,
        depth + 1,
      );
    }
    const endpoint =
      avoided === undefined ? answer.pick()! : answer.pick(({ host }) => avoided({ host, port }))!;
    return { host: endpoint.host, port };
  }

  /** Names in records are whole: no search domain belongs to them. */
  private absolute(host: string): string {
    return hostKind(host) === "name" ? `${host}.` : host;
  }

  /**
   * As {@link toip}, for who connects by name: services (`_http._tcp.name`) lead to names and ports, and every other
   * name is kept, at no look-up.
   */
  toname(
    host: string,
    port: number,
    depth = 0,
  ): SocketAddress | DnsFailure | Promise<SocketAddress | DnsFailure> {
    if (!isServiceName(host)) return { host, port };
    const follow = (answer: Answer): ReturnType<DnsClient["toname"]> => {
      if (answer.failure !== undefined) return answer.failure;
      if (answer.type !== "SRV") return { host, port };
      if (depth >= maxServices) return recursion();
      const service = answer.pick()!;
      return this.toname(service.host, service.port === 0 ? port : service.port, depth + 1);
    };
    const answer = this.resolve(host);
    return answer instanceof Promise ? answer.then(follow) : follow(answer);
  }

  /** What was counted for each name. */
  stats(): DnsStatistics {
    return this.statistics.snapshot();
  }

  private async miss(name: string): Promise<Answer> {
    const answer = await this.ask(name, undefined);
    const { counters } = answer;
    counters.runs++;
    counters.miss++;
    if (answer.failure !== undefined) counters.fail++;
    return answer;
  }

  /** Asks servers about what is expired. */
  private refresh(name: string, stale: Answer): Answer | Promise<Answer> {
    if (this.ports.clock.nowMs() < stale.retryAtMs) return stale;
    return this.ask(name, stale);
  }

  /** Who asks for the same name at the same time gets the same answer. */
  private ask(name: string, stale: Answer | undefined): Promise<Answer> {
    const running = this.asking.get(name);
    const sinceMs = this.ports.clock.nowMs();
    const isShared = stale !== undefined || !this.options.isUnsynchronised;
    if (running !== undefined && isShared && sinceMs - running.sinceMs < patienceMs) return running.answer;
    if (stale !== undefined) stale.counters.stale++;
    const { answers } = this;
    const work = this.find(name)
      .then((answer) => this.keep(answers, answer, stale))
      .finally(() => {
        if (this.asking.get(name)?.answer === work) this.asking.delete(name);
      });
    this.asking.set(name, { answer: work, sinceMs });
    return work;
  }

  private keep(answers: Sieve<Answer>, answer: Answer, stale: Answer | undefined): Answer {
    const { staleTtlMs = 3_600_000, errorTtlMs = 1000 } = this.options;
    const { name, failure, expiresAtMs } = answer;
    const nowMs = this.ports.clock.nowMs();
    if (stale !== undefined && failure !== undefined && !isVerdict(failure)) {
      stale.retryAtMs = nowMs + errorTtlMs;
      this.ports.logger.log("warn", `${name} can't be resolved, its last addresses stay`, { error: failure });
      return stale;
    }
    // A ttl of 0 asks not to be kept at all.
    if (expiresAtMs <= nowMs) answers.delete(name);
    else answers.set(name, answer, failure === undefined ? expiresAtMs + staleTtlMs : expiresAtMs);
    return answer;
  }

  private async find(name: string): Promise<Answer> {
    const { errorTtlMs = 1000 } = this.options;
    let found: Found;
    try {
      found = await this.lookup.find(name);
    } catch (error) {
      const failure =
        error instanceof DnsFailure ? error : new DnsFailure("unreachable", String(error), { cause: error });
      return this.answer(name, "A", failure, this.ports.clock.nowMs() + errorTtlMs);
    }
    const { type, records, failure, expiresAtMs } = found;
    return this.answer(name, type, failure ?? endpointsOf(records), expiresAtMs);
  }

  /** Without asking anybody: an address, or an entry of the hosts file. */
  private known(name: string): Answer | undefined {
    const host = hostKind(name) === "name" ? this.inHosts(name) : bare(name);
    if (host === undefined) return undefined;
    const answer = this.answer(name, "ip", [{ host, port: 0, weight: 1 }], Infinity);
    this.answers.set(name, answer, Infinity);
    return answer;
  }

  private inHosts(name: string): string | undefined {
    const entry = this.settings.hosts.get(name.endsWith(".") ? name.slice(0, -1) : name);
    const types = this.options.order?.filter((item) => item === "A" || item === "AAAA");
    return types?.[0] === "AAAA" ? (entry?.ipv6 ?? entry?.ipv4) : (entry?.ipv4 ?? entry?.ipv6);
  }

  private answer(
    name: string,
    type: Answer["type"],
    found: readonly Endpoint[] | DnsFailure,
    expiresAtMs: number,
  ): Answer {
    const { clock, random } = this.ports;
    const counters = this.statistics.of(canonical(name), type);
    return new Answer(name, type, found, expiresAtMs, clock.nowMs(), counters, random);
  }
}

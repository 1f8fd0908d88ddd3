import { Kept, Sieve, Mlcache } from "../mlcache/index.ts";
import type { Clock } from "../ports/clock.ts";
import { DnsFailure, emptyAnswer, recursion, serverFailure } from "./failure.ts";
import type { DnsRecord, DnsReply, RecordType } from "./message.ts";
import { canonical } from "./name.ts";
import type { DnsOptions, DnsSettings, OrderItem } from "./settings.ts";
import type { Statistics } from "./statistics.ts";

/** What came of asking for a name. */
export interface Found {
  readonly type: RecordType;
  readonly records: readonly DnsRecord[];
  /** Set exactly when there are no records. */
  readonly failure: DnsFailure | undefined;
  readonly expiresAtMs: number;
}

const defaultOrder: readonly OrderItem[] = ["LAST", "SRV", "A", "AAAA", "CNAME"];

/** Aliases that may follow each other. */
const maxAliases = 16;

/** Names such as `_http._tcp.name`, which are for SRV records alone. */
export const isServiceName = (name: string): boolean =>
  name.startsWith("_") && /^_[^.]+\._[^.]+\./.test(name);

/** The names to ask for, in order. */
export const candidates = (
  name: string,
  { search, ndots, noTldQuery }: Pick<DnsSettings, "search" | "ndots" | "noTldQuery">,
  isStrict: boolean,
): string[] => {
  if (name.endsWith(".")) return [name.slice(0, -1)];
  const dots = name.split(".").length - 1;
  const searched = search.map((domain) => `${name}.${domain}`);
  const itself = dots === 0 && noTldQuery ? [] : [name];
  if (dots < ndots) return [...searched, ...itself];
  return isStrict ? itself : [...itself, ...searched];
};

/** Finds the records of names: search domains, types in order, aliases; each question is asked once within its ttl. */
export class Lookup {
  private readonly settings: DnsSettings;
  private readonly options: DnsOptions;
  private readonly clock: Clock;
  private readonly statistics: Statistics;
  private readonly questions: Mlcache<Found>;
  private readonly lastTypes: Sieve<RecordType>;

  constructor(settings: DnsSettings, options: DnsOptions, clock: Clock, statistics: Statistics) {
    this.settings = settings;
    this.options = options;
    this.clock = clock;
    this.statistics = statistics;
    const l1Entries = options.cacheEntries ?? 10_000;
    this.questions = new Mlcache({ name: "dns questions", clock, l1Entries });
    this.lastTypes = new Sieve(l1Entries);
  }

  /**
   * @param visited Names that led here.
   * @throws DnsFailure when no server answered: a wrong answer from further down the list would be worse than none.
   */
  async find(name: string, visited: readonly string[] = []): Promise<Found> {
    if (visited.includes(name) || visited.length > maxAliases) throw recursion();
    let nothing: Found | undefined;
    for (const type of this.types(name)) {
      for (const candidate of candidates(name, this.settings, this.options.isStrict ?? false)) {
        const found = await this.ask(candidate, type, visited);
        if (found.failure !== undefined) {
          nothing = found;
          continue;
        }
        this.lastTypes.set(name, type, Infinity);
        const [first] = found.records;
        // What an alias names is whole: no search domain belongs to it.
        return type === "CNAME" && first?.type === "CNAME"
          ? shortened(await this.find(`${first.target}.`, [...visited, name]), found)
          : found;
      }
    }
    return nothing ?? { type: "A", records: [], failure: emptyAnswer(), expiresAtMs: this.clock.nowMs() };
  }

  private types(name: string): Iterable<RecordType> {
    const { order = defaultOrder, isStrict = false } = this.options;
    const isService = isServiceName(name);
    const types = order.flatMap((item) =>
      item === "LAST" ? (this.lastTypes.get(name, this.clock) ?? []) : item,
    );
    return new Set(isStrict ? types.filter((type) => (type === "SRV") === isService) : types);
  }

  private ask(name: string, type: RecordType, visited: readonly string[]): Found | Promise<Found> {
    const load = (): Promise<Kept<Found>> => this.query(name, type, visited);
    if (this.options.isUnsynchronised) return load().then(({ value }) => value!);
    const hit = this.questions.get(`${type}:${name}`, load);
    return hit instanceof Promise ? hit.then(({ value }) => value!) : hit.value!;
  }

  private async query(name: string, type: RecordType, visited: readonly string[]): Promise<Kept<Found>> {
    const counters = this.statistics.of(name, type);
    const { clock } = this;
    const startMs = clock.monotonicMs();
    counters.query++;
    const failed = (failure: DnsFailure): void => {
      counters.failures.set(failure.message, (counters.failures.get(failure.message) ?? 0) + 1);
    };
    try {
      const found = await this.read(await this.settings.resolver.query(name, type), name, type, visited);
      if (found.failure === undefined) counters.query_succ++;
      else failed(found.failure);
      return new Kept(found, found.expiresAtMs - clock.nowMs());
    } catch (error) {
      if (error instanceof DnsFailure) failed(error);
      throw error;
    } finally {
      counters.query_last_time = Math.round(clock.monotonicMs() - startMs);
    }
  }

  /** What a reply says of a name, its aliases followed. */
  private async read(
    reply: DnsReply,
    name: string,
    type: RecordType,
    visited: readonly string[],
  ): Promise<Found> {
    const { notFoundTtlMs = 30_000, errorTtlMs = 1000, validTtlMs } = this.options;
    const end = (ttlMs: number): number => this.clock.nowMs() + ttlMs;
    const none = (failure: DnsFailure, ttlMs: number): Found => ({
      type,
      records: [],
      failure,
      expiresAtMs: end(ttlMs),
    });
    const negativeMs = Math.min(notFoundTtlMs, reply.negativeTtlMs ?? notFoundTtlMs);
    let at = canonical(name);
    let ttlMs = Infinity;
    const seen = [...visited];
    if (type !== "CNAME") {
      for (;;) {
        const alias = reply.records.find((record) => record.type === "CNAME" && record.name === at);
        if (alias?.type !== "CNAME") break;
        seen.push(at);
        at = alias.target;
        ttlMs = Math.min(ttlMs, alias.ttlMs);
        if (seen.includes(at) || seen.length > maxAliases) return none(recursion(), errorTtlMs);
      }
    }
    const records = reply.records.filter(
      (record) => record.name === at && record.type === type && isUseful(record),
    );
    if (records.length > 0) {
      for (const record of records) ttlMs = Math.min(ttlMs, record.ttlMs);
      return { type, records, failure: undefined, expiresAtMs: end(validTtlMs ?? ttlMs) };
    }
    if (reply.rcode !== "NOERROR")
      return none(serverFailure(reply.rcode), reply.rcode === "NXDOMAIN" ? negativeMs : errorTtlMs);
    // The server did not follow the alias itself.
    if (at !== canonical(name)) {
      const there = await this.ask(at, type, seen);
      return there.failure === undefined
        ? { ...there, expiresAtMs: Math.min(there.expiresAtMs, end(validTtlMs ?? ttlMs)) }
        : there;
    }
    return none(emptyAnswer(), negativeMs);
  }
}

/** A service that is decidedly not there (RFC 2782: `.`), or leads to itself (as some registries answer), is none. */
const isUseful = (record: DnsRecord): boolean =>
  record.type !== "SRV" || (record.target !== "" && record.target !== record.name);

/** An answer by an alias lives as long as the alias at most. */
const shortened = (found: Found, alias: Found): Found => ({
  ...found,
  expiresAtMs: Math.min(found.expiresAtMs, alias.expiresAtMs),
});

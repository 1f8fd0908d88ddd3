import type { Random } from "../ports/random.ts";
import type { DnsFailure } from "./failure.ts";
import type { RecordType } from "./message.ts";
import type { Counters } from "./statistics.ts";

/** Where a name leads. */
export interface Endpoint {
  /** An IP address; the name of another host when the answer is of type SRV. */
  readonly host: string;
  /** 0 where the record names none. */
  readonly port: number;
  /** Share among the endpoints; 1 for addresses. */
  readonly weight: number;
}

/** What is known of a name, with the turn that its endpoints take. One object for all who ask within its time. */
export class Answer {
  readonly name: string;
  /** `ip`: the text was an address itself, or stands in the hosts file. */
  readonly type: RecordType | "ip";
  /** Of the lowest priority only. Empty exactly when there is a failure. */
  readonly endpoints: readonly Endpoint[];
  readonly failure: DnsFailure | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
  readonly counters: Counters;
  /** False for a ttl of 0: it counts for who asked, and is not kept. */
  readonly isLasting: boolean;
  /** It is expired and no server is asked again before this time. */
  retryAtMs = 0;
  private turn: number;
  private readonly current: Float64Array | undefined;
  private readonly totalWeight: number;

  constructor(
    name: string,
    type: RecordType | "ip",
    found: readonly Endpoint[] | DnsFailure,
    expiresAtMs: number,
    nowMs: number,
    counters: Counters,
    random: Random,
  ) {
    this.name = name;
    this.type = type;
    this.endpoints = Array.isArray(found) ? (found as readonly Endpoint[]) : [];
    this.failure = Array.isArray(found) ? undefined : (found as DnsFailure);
    this.expiresAtMs = expiresAtMs;
    this.counters = counters;
    this.isLasting = expiresAtMs > nowMs;
    const { length } = this.endpoints;
    // Many workers get the same answer at the same time: they must not all begin with its first address.
    this.turn = Math.floor(random.fraction() * length);
    this.totalWeight = this.endpoints.reduce((sum, { weight }) => sum + weight, 0);
    const isWeighted = this.endpoints.some(({ weight }) => weight !== this.endpoints[0]!.weight);
    this.current = isWeighted
      ? Float64Array.from(this.endpoints, ({ weight }) => weight * random.fraction())
      : undefined;
  }

  /**
   * The next endpoint in turn, by weight.
   *
   * @param avoided Endpoints to pass over while there are others.
   * @returns Undefined when there is none.
   */
  pick(avoided?: (endpoint: Endpoint) => boolean): Endpoint | undefined {
    const { length } = this.endpoints;
    let endpoint: Endpoint | undefined;
    for (let i = 0; i < Math.max(1, length); i++) {
      endpoint = this.next();
      if (endpoint === undefined || avoided === undefined || !avoided(endpoint)) return endpoint;
    }
    // By weight an endpoint may come up more than once in so many turns: the others are looked at one by one.
    return this.endpoints.find((other) => !avoided!(other)) ?? endpoint;
  }

  private next(): Endpoint | undefined {
    const { endpoints, current } = this;
    if (current !== undefined) return this.nextByWeight(current);
    const { length } = endpoints;
    if (length === 0) return undefined;
    if (++this.turn >= length) this.turn = 0;
    return endpoints[this.turn];
  }

  /** Smooth weighted round robin: the heavy ones spread over the turns. */
  private nextByWeight(current: Float64Array): Endpoint | undefined {
    const { endpoints } = this;
    let best = 0;
    for (let i = 0; i < endpoints.length; i++) {
      current[i]! += endpoints[i]!.weight;
      if (current[i]! > current[best]!) best = i;
    }
    current[best]! -= this.totalWeight;
    return endpoints[best];
  }
}

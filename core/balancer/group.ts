import { type Address, newAddress, type Strategy } from "./address.ts";
import { HealthCounter, type Report, type Thresholds } from "./health.ts";
import { LeastConnections, LowestLatency } from "./load.ts";
import { Ring } from "./ring.ts";
import { RoundRobin } from "./roundrobin.ts";

export type Algorithm = "round-robin" | "consistent-hashing" | "least-connections" | "latency";

export interface GroupOptions {
  readonly algorithm: Algorithm;
  readonly slots: number;
  /** Percent of the weight that has to be available; below it the whole group is down. 0 for none. */
  readonly thresholdPercent: number;
  readonly passive: Thresholds;
  /** In [0, 1): where round robin begins. */
  readonly start: number;
}

export interface TargetOptions {
  /** `host:port` */
  readonly target: string;
  readonly weight: number;
}

/** Takes `host:port` apart; IPv6 in brackets. */
export const splitTarget = (target: string): { host: string; port: number } => {
  const colon = target.lastIndexOf(":");
  return { host: target.slice(0, colon).replace(/^\[(.*)\]$/, "$1"), port: Number(target.slice(colon + 1)) };
};

const byNameAndPort = (a: Address, b: Address): number =>
  a.host < b.host ? -1 : a.host > b.host ? 1 : a.port - b.port;

const strategyOf = (addresses: readonly Address[], { algorithm, slots, start }: GroupOptions): Strategy => {
  switch (algorithm) {
    case "consistent-hashing":
      return new Ring(addresses, addresses.length, slots);
    case "least-connections":
      return new LeastConnections(addresses);
    case "latency":
      return new LowestLatency(addresses);
    case "round-robin":
      return new RoundRobin(addresses, start);
  }
};

/** The addresses of one upstream, chosen by its algorithm, left out while they are unhealthy. */
export class Group {
  readonly addresses: readonly Address[];
  private readonly options: GroupOptions;
  private readonly strategy: Strategy;
  private readonly counters = new Map<Address, HealthCounter>();
  private readonly totalWeight: number;

  constructor(targets: readonly TargetOptions[], options: GroupOptions) {
    this.options = options;
    this.addresses = targets
      .map(({ target, weight }) => {
        const { host, port } = splitTarget(target);
        return newAddress(host, port, weight);
      })
      .sort(byNameAndPort);
    this.totalWeight = this.addresses.reduce((sum, { weight }) => sum + weight, 0);
    this.strategy = strategyOf(this.addresses, options);
  }

  /** False when too little of the weight is available. */
  get isHealthy(): boolean {
    const { thresholdPercent } = this.options;
    if (this.totalWeight === 0) return false;
    if (thresholdPercent === 0) return true;
    const available = this.addresses.reduce(
      (sum, { isAvailable, weight }) => sum + (isAvailable ? weight : 0),
      0,
    );
    return (available / this.totalWeight) * 100 > thresholdPercent;
  }

  /** @returns undefined when there is nowhere to go. */
  pick(hash: string, failed: ReadonlySet<Address> | undefined, nowMs: number): Address | undefined {
    return this.isHealthy ? this.strategy.pick(hash, failed, nowMs) : undefined;
  }

  /** Takes a report in. @returns Whether the address changed sides. */
  report(address: Address, report: Report, thresholds = this.options.passive): boolean {
    let counter = this.counters.get(address);
    if (counter === undefined) this.counters.set(address, (counter = new HealthCounter()));
    const side = counter.report(report, thresholds);
    if (side === undefined || address.isAvailable === (side === "healthy")) return false;
    counter.clear();
    address.isAvailable = side === "healthy";
    return true;
  }

  /** An operator's or another worker's word. @param port undefined for every port of the host. */
  setAvailable(host: string, port: number | undefined, isAvailable: boolean): void {
    for (const address of this.addresses) {
      if (address.host !== host || (port !== undefined && address.port !== port)) continue;
      address.isAvailable = isAvailable;
      this.counters.get(address)?.clear();
    }
  }

  /** Goes on where another group of the same upstream was: what is down stays down. */
  inherit(before: Group): void {
    for (const address of this.addresses) {
      const old = before.addresses.find(({ host, port }) => host === address.host && port === address.port);
      if (old !== undefined) address.isAvailable = old.isAvailable;
    }
  }
}

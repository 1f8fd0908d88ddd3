import type { HealthBoard } from "../ports/healthboard.ts";
import type { Address, Placement, Strategy } from "./address.ts";
import { type Counts, Health, isCounting, type Report, type Thresholds } from "./health.ts";
import { LeastConnections, LowestLatency } from "./load.ts";
import { Ring } from "./ring.ts";
import { RoundRobin } from "./roundrobin.ts";
import { splitTarget, Target, type TargetOptions } from "./target.ts";

export type Algorithm = "round-robin" | "consistent-hashing" | "least-connections" | "latency";

export interface GroupOptions {
  readonly name: string;
  readonly algorithm: Algorithm;
  readonly slots: number;
  /** Percent of the weight that has to be available; below it the whole group is down. 0 for none. */
  readonly thresholdPercent: number;
  readonly passive: Thresholds;
  /** A number in [0, 1): where round robin begins. */
  readonly start: () => number;
  /** Names of targets are resolved, and their addresses placed; otherwise each is one address. */
  readonly isResolved: (name: string) => boolean;
  /** Where health is kept. */
  readonly board: HealthBoard;
}

/** What is known of an address, for operators. */
export interface AddressState extends Counts {
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  readonly isHealthy: boolean;
  /** Tries under way on this worker. */
  readonly connections: number;
  /** Milliseconds since the epoch of the last active check; undefined before the first. */
  readonly checkedAtMs: number | undefined;
}

export interface TargetState {
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  readonly dns: Target["dns"];
  readonly addresses: readonly AddressState[];
}

/** An upstream as one worker sees it. */
export interface GroupState {
  /** False when too little of the weight is available. */
  readonly isHealthy: boolean;
  readonly targets: readonly TargetState[];
}

const keyOf = ({ host, port }: Pick<Target, "host" | "port">): string => `${host}|${port}`;

const byHostAndPort = (a: Target, b: Target): number =>
  a.host < b.host ? -1 : a.host > b.host ? 1 : a.port - b.port;

/** The addresses of one upstream, chosen by its algorithm, left out while they are unhealthy. */
export class Group {
  readonly targets: readonly Target[];
  addresses: readonly Address[] = [];
  private readonly options: GroupOptions;
  private readonly health: Health;
  private readonly isPassive: boolean;
  private strategy!: Strategy;
  private totalWeight = 0;

  /** @param before The group of the same upstream in the configuration before: what it learnt stays. */
  constructor(targets: readonly TargetOptions[], options: GroupOptions, before?: Group) {
    this.options = options;
    this.health = new Health(options.board, options.name);
    this.isPassive = isCounting(options.passive);
    const old = new Map(before?.targets.map((target) => [keyOf(target), target]));
    this.targets = targets
      .map((target) => new Target(target, options.isResolved, old.get(keyOf(splitTarget(target.target)))))
      .sort(byHostAndPort);
    for (const { addresses } of this.targets) for (const address of addresses) this.health.restore(address);
    this.rebuild();
  }

  /** Takes what the names of targets lead to now. What did not change costs nothing. */
  place(changes: ReadonlyMap<Target, readonly Placement[]>): void {
    let isChanged = false;
    for (const [target, placements] of changes) {
      const change = target.place(placements);
      if (change === undefined) continue;
      isChanged = true;
      for (const address of change.added) this.health.restore(address);
      // Another server may get the address one day.
      for (const address of change.removed) this.health.forget(address);
    }
    if (isChanged) this.rebuild();
  }

  private rebuild(): void {
    const { algorithm, slots, start } = this.options;
    this.addresses = this.targets.flatMap(({ addresses }) => addresses);
    this.totalWeight = this.addresses.reduce((sum, { weight }) => sum + weight, 0);
    switch (algorithm) {
      case "consistent-hashing":
        this.strategy = new Ring(this.addresses, this.targets.length, slots);
        break;
      case "least-connections":
        this.strategy = new LeastConnections(this.addresses);
        break;
      case "latency":
        this.strategy = new LowestLatency(this.addresses);
        break;
      case "round-robin":
        this.strategy = new RoundRobin(this.addresses, start());
    }
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

  /** Takes a report of traffic in. @returns Whether the address changed sides. */
  report(address: Address, report: Report): boolean {
    return this.isPassive && this.health.report(address, report, this.options.passive);
  }

  /** Takes what a probe found in. @param nowMs Milliseconds since the epoch. @returns As {@link report}. */
  probed(address: Address, report: Report, thresholds: Thresholds, nowMs: number): boolean {
    this.health.checked(address, nowMs);
    return this.health.report(address, report, thresholds);
  }

  /**
   * An operator's or another worker's word.
   *
   * @param host An address, or the name of a target for all of its addresses.
   * @param port Of the address or of the target; undefined for every port.
   */
  setAvailable(host: string, port: number | undefined, isAvailable: boolean): void {
    for (const target of this.targets) {
      const isMeant = target.host === host && (port === undefined || target.port === port);
      for (const address of target.addresses) {
        const isNamed = address.host === host && (port === undefined || address.port === port);
        if (isMeant || isNamed) this.health.adopt(address, isAvailable);
      }
    }
  }

  state(): GroupState {
    return {
      isHealthy:
        this.isHealthy && this.addresses.some(({ isAvailable, weight }) => isAvailable && weight > 0),
      targets: this.targets.map(({ host, port, weight, dns, addresses }) => ({
        host,
        port,
        weight,
        dns,
        addresses: addresses.map((address) => ({
          host: address.host,
          port: address.port,
          weight: address.weight,
          isHealthy: address.isAvailable,
          connections: address.connections,
          checkedAtMs: this.health.checkedAtMs(address),
          ...this.health.counts(address),
        })),
      })),
    };
  }

  /** Forgets the health of addresses that `after`, which takes this group's place, does not have. */
  forget(after: Group | undefined): void {
    const kept = new Set(after?.targets.map(keyOf));
    for (const target of this.targets)
      if (!kept.has(keyOf(target))) for (const address of target.addresses) this.health.forget(address);
  }
}

import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Cancel } from "../ports/timers.ts";
import { isProbeable, probe, type ProbePorts, type ProbeTerms, ProbeTls } from "./probe.ts";
import type { Member, Upstreams } from "./upstreams.ts";

export interface ProberPorts extends ProbePorts {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Active health checks. One worker of a node probes; the others are told of changes. */
export class Prober {
  private readonly upstreams: Upstreams;
  private readonly ports: ProberPorts;
  private readonly running = new Map<Member, Cancel[]>();

  constructor(upstreams: Upstreams, ports: ProberPorts) {
    this.upstreams = upstreams;
    this.ports = ports;
  }

  /** Follows the configuration. Upstreams that did not change keep their rhythm, however often others do. */
  update(): void {
    const members = new Set(this.upstreams.all);
    for (const [member, cancels] of this.running) {
      if (members.has(member)) continue;
      for (const cancel of cancels) cancel();
      this.running.delete(member);
    }
    for (const member of members) if (!this.running.has(member)) this.begin(member);
  }

  private begin(member: Member): void {
    const { row, certificate } = member;
    const checks = row.healthchecks?.active;
    const cancels: Cancel[] = [];
    this.running.set(member, cancels);
    if (checks === undefined || !(checks.healthy.interval > 0 || checks.unhealthy.interval > 0)) return;
    const terms: ProbeTerms = { checks, certificate, hostHeader: row.host_header ?? undefined };
    const tls = new ProbeTls(terms);
    if (!isProbeable(checks.type, tls.to({ hostname: row.name }), this.ports)) {
      this.ports.logger.log("warn", `upstream ${row.name}: ${checks.type} checks can't be made here`);
      return;
    }
    const sides = [
      [true, checks.healthy.interval],
      [false, checks.unhealthy.interval],
    ] as const;
    for (const [isAvailable, intervalSeconds] of sides) {
      if (intervalSeconds <= 0) continue;
      const round = (): Promise<void> => this.round(member, terms, tls, isAvailable);
      cancels.push(
        this.ports.timers.every(
          intervalSeconds * 1000,
          `probe ${row.name}, ${isAvailable ? "healthy" : "unhealthy"}`,
          round,
        ),
      );
    }
  }

  /** Asks every address on one side, so many at a time. */
  private async round(member: Member, terms: ProbeTerms, tls: ProbeTls, isAvailable: boolean): Promise<void> {
    const { group, resolution, row } = member;
    await resolution?.renewed();
    const waiting = group.addresses.filter(
      (address) => address.weight > 0 && address.isAvailable === isAvailable,
    );
    const next = async (): Promise<void> => {
      for (let address = waiting.pop(); address !== undefined; address = waiting.pop()) {
        const report = await probe(this.ports, terms, address, tls.to(address));
        const nowMs = this.ports.clock.nowMs();
        if (group.probed(address, report, terms.checks, nowMs)) this.upstreams.told(row.name, address);
      }
    };
    await Promise.all(Array.from({ length: Math.min(terms.checks.concurrency, waiting.length) }, next));
  }

  /** Ends all checks. */
  close(): void {
    for (const cancels of this.running.values()) for (const cancel of cancels) cancel();
    this.running.clear();
  }
}

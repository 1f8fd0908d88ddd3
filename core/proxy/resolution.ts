import type { Group, Placement, Target } from "../balancer/index.ts";
import type { Answer, DnsClient } from "../dns/index.ts";
import type { Clock } from "../ports/clock.ts";
import { ipVersion } from "../schema/address.ts";

/** Milliseconds after which a name without a ttl (0) is looked at again: it may have got one. */
const transientMs = 60_000;

/** Milliseconds after a failure until a name is asked for again. */
const retryMs = 1000;

/** Milliseconds after which what never ended holds up nothing: at the edge it dies with the request that began it. */
const patienceMs = 30_000;

/** Keeps the addresses of an upstream's named targets as DNS has them. */
export class Resolution {
  private readonly group: Group;
  private readonly dns: DnsClient;
  private readonly clock: Clock;
  private readonly usesServiceName: boolean;
  private readonly named: readonly Target[];
  private running: Promise<void> | undefined;
  private startedAtMs = 0;
  private isComplete: boolean;
  private dueAtMs = 0;

  /** @param usesServiceName A service's own name is sent as Host, not the target's (`use_srv_name`). */
  constructor(group: Group, dns: DnsClient, clock: Clock, usesServiceName: boolean) {
    this.group = group;
    this.dns = dns;
    this.clock = clock;
    this.usesServiceName = usesServiceName;
    this.named = group.targets.filter(({ isNamed }) => isNamed);
    this.isComplete = this.named.every(({ renewAtMs }) => renewAtMs > 0);
    this.schedule();
  }

  /**
   * Resolves what is due, beside the requests.
   *
   * @returns What a request has to wait for: names that were never resolved. Undefined otherwise.
   */
  renew(): Promise<void> | undefined {
    const nowMs = this.clock.nowMs();
    if (nowMs >= this.dueAtMs && (this.running === undefined || nowMs - this.startedAtMs >= patienceMs)) {
      this.startedAtMs = nowMs;
      const running = this.renewDue().finally(() => {
        if (this.running === running) this.running = undefined;
        this.isComplete = true;
      });
      this.running = running;
    }
    return this.isComplete ? undefined : this.running;
  }

  /** The same, to the end. */
  async renewed(): Promise<void> {
    void this.renew();
    await this.running;
  }

  private async renewDue(): Promise<void> {
    const due = this.named.filter(({ renewAtMs }) => renewAtMs <= this.clock.nowMs());
    const changes = await Promise.all(
      due.map(async (target): Promise<[Target, Placement[]]> => {
        const answer = await this.dns.renew(target.host);
        return [target, this.placements(target, answer)];
      }),
    );
    this.group.place(new Map(changes));
    this.schedule();
  }

  private schedule(): void {
    this.dueAtMs = this.named.reduce((soonest, { renewAtMs }) => Math.min(soonest, renewAtMs), Infinity);
  }

  private placements(target: Target, answer: Answer): Placement[] {
    const { host, port, weight } = target;
    const nowMs = this.clock.nowMs();
    if (answer.failure !== undefined) {
      target.dns = "error";
      target.renewAtMs = nowMs + retryMs;
      return [];
    }
    target.dns = answer.type === "ip" ? "A" : answer.type;
    if (!answer.isLasting) {
      target.renewAtMs = nowMs + transientMs;
      return [{ host, port, weight, hostname: host, isLate: true }];
    }
    target.renewAtMs = Math.max(answer.expiresAtMs, nowMs + (answer.expiresAtMs <= nowMs ? retryMs : 0));
    return answer.endpoints.map((endpoint) => ({
      host: endpoint.host,
      port: endpoint.port === 0 ? port : endpoint.port,
      // A service's weight goes before the target's, unless the target gets nothing at all.
      weight: answer.type !== "SRV" || weight === 0 ? weight : Math.max(1, endpoint.weight),
      hostname: answer.type === "SRV" && this.usesServiceName ? endpoint.host : host,
      isLate: ipVersion(endpoint.host) === 0,
    }));
  }
}

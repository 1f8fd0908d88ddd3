import { type Address, type Algorithm, Group, sampleLatency } from "../balancer/index.ts";
import type { TargetRow, UpstreamRow } from "../entities/rows.ts";
import type { ErrorCode } from "../errors.ts";
import type { Exchange, UpstreamTarget } from "../pdk/exchange.ts";
import type { Clock } from "../ports/clock.ts";
import type { Row } from "../ports/directory.ts";
import type { Random } from "../ports/random.ts";
import type { UpstreamFailureCode } from "../ports/transport.ts";
import type { Rows } from "../store/rows.ts";
import { uuidV4Maker } from "../uuid/index.ts";
import type { Balancer, Peer } from "./balancer.ts";
import { hashInput } from "./hashing.ts";

/** An address of an upstream changed sides. */
export interface HealthChange {
  readonly upstream: string;
  readonly host: string;
  /** undefined for every port of the host. */
  readonly port: number | undefined;
  readonly isHealthy: boolean;
}

export interface UpstreamsPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** Told when traffic made an address change sides: other workers should know. */
  readonly onHealthChange: ((change: HealthChange) => void) | undefined;
}

export interface Member {
  readonly row: UpstreamRow;
  readonly group: Group;
  /** What the group was made of, to see whether it is still the same. */
  readonly source: string;
}

const timeouts: ReadonlySet<UpstreamFailureCode> = new Set([
  "connect_timeout",
  "read_timeout",
  "write_timeout",
]);

/** Sends tries to the targets of upstream entities by their algorithm, and any other host straight to itself. */
export class Upstreams implements Balancer {
  private readonly ports: UpstreamsPorts;
  private readonly newId: () => string;
  private members = new Map<string, Member>();

  constructor(ports: UpstreamsPorts) {
    this.ports = ports;
    this.newId = uuidV4Maker(ports.random);
  }

  get all(): Iterable<Member> {
    return this.members.values();
  }

  /** Compiles the upstreams of a configuration; what did not change goes on as it is, health and counts included. */
  prepare(rows: Rows): () => void {
    const targets = Map.groupBy(
      rows.all("targets") as readonly (Row & TargetRow)[],
      ({ upstream }) => upstream.id,
    );
    const members = new Map<string, Member>();
    for (const stored of rows.all("upstreams")) {
      const row = stored as Row & UpstreamRow;
      const own = (targets.get(row.id) ?? []).map(({ target, weight }) => ({ target, weight }));
      const source = JSON.stringify([row, own]);
      const before = this.members.get(row.name);
      if (before?.source === source) {
        members.set(row.name, before);
        continue;
      }
      const group = new Group(own, {
        algorithm: row.algorithm as Algorithm,
        slots: row.slots,
        thresholdPercent: row.healthchecks?.threshold ?? 0,
        passive: row.healthchecks?.passive ?? {
          healthy: { successes: 0, http_statuses: [] },
          unhealthy: { http_failures: 0, tcp_failures: 0, timeouts: 0, http_statuses: [] },
        },
        start: this.ports.random.fraction(),
      });
      if (before !== undefined) group.inherit(before.group);
      members.set(row.name, { row, group, source });
    }
    return () => {
      this.members = members;
    };
  }

  pick(exchange: Exchange, target: UpstreamTarget, failed: readonly Peer[]): Peer | ErrorCode {
    const { host, port, tls } = target;
    const member = this.members.get(host);
    if (member === undefined) return { address: { host, port, tls }, host };
    const { row, group } = member;
    const hash = row.algorithm === "consistent-hashing" ? hashInput(exchange, row, this.newId) : "";
    const avoided =
      failed.length === 0 ? undefined : new Set(failed.flatMap(({ chosen }) => chosen?.address ?? []));
    const address = group.pick(hash, avoided, this.ports.clock.monotonicMs());
    if (address === undefined) return "no_peer";
    address.connections++;
    return {
      address: { host: address.host, port: address.port, tls },
      host: row.host_header ?? address.host,
      chosen: { upstream: host, address },
    };
  }

  report({ chosen }: Peer, outcome: number | UpstreamFailureCode, latencyMs: number): void {
    if (chosen === undefined) return;
    const { upstream, address } = chosen;
    if (typeof outcome === "number") sampleLatency(address, latencyMs, this.ports.clock.monotonicMs());
    const report =
      typeof outcome === "number" ? { status: outcome } : timeouts.has(outcome) ? "timeout" : "tcp_failure";
    if (this.members.get(upstream)?.group.report(address, report)) this.told(upstream, address);
  }

  release({ chosen }: Peer): void {
    if (chosen !== undefined) chosen.address.connections--;
  }

  /** Another worker's or an operator's word. */
  setHealth({ upstream, host, port, isHealthy }: HealthChange): void {
    this.members.get(upstream)?.group.setAvailable(host, port, isHealthy);
  }

  /** Tells others of a change that was noticed here. */
  told(upstream: string, { host, port, isAvailable }: Address): void {
    this.ports.onHealthChange?.({ upstream, host, port, isHealthy: isAvailable });
  }
}

import { type Address, type Algorithm, Group, type GroupState, sampleLatency } from "../balancer/index.ts";
import { type DnsClient, DnsFailure, isServiceName, type SocketAddress } from "../dns/index.ts";
import type { TargetRow, UpstreamRow } from "../entities/rows.ts";
import type { ErrorCode } from "../errors.ts";
import type { Exchange, UpstreamTarget } from "../pdk/exchange.ts";
import type { Clock } from "../ports/clock.ts";
import type { Row } from "../ports/directory.ts";
import type { HealthBoard } from "../ports/healthboard.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { Transport, UpstreamFailureCode, UpstreamTls } from "../ports/transport.ts";
import { whenReady } from "../ready.ts";
import { ipVersion } from "../schema/address.ts";
import type { Rows } from "../store/rows.ts";
import { uuidV4Maker } from "../uuid/index.ts";
import type { Balancer, Peer } from "./balancer.ts";
import { hashInput } from "./hashing.ts";
import { hostFor, hostOf } from "./request.ts";
import { Resolution } from "./resolution.ts";
import { certificateOf, withCertificate } from "./tls.ts";

/** An address of an upstream changed sides. */
export interface HealthChange {
  readonly upstream: string;
  /** An address, or the name of a target for all of its addresses. */
  readonly host: string;
  /** undefined for every port of the host. */
  readonly port: number | undefined;
  readonly isHealthy: boolean;
}

export interface UpstreamsPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly board: HealthBoard;
  readonly logger: Pick<Logger, "log">;
  /** Undefined where the transport resolves names. */
  readonly dns: DnsClient | undefined;
  /** What sends to the addresses. */
  readonly transport: Pick<Transport, "keepsOwnNames" | "tlsLimit">;
  /** Told when traffic made an address change sides: other workers should know. */
  readonly onHealthChange: ((change: HealthChange) => void) | undefined;
}

export interface Member {
  readonly row: UpstreamRow;
  readonly group: Group;
  /** Undefined when no target has to be resolved. */
  readonly resolution: Resolution | undefined;
  /** What is shown to targets that ask for a client certificate. */
  readonly certificate: UpstreamTls["certificate"];
  /** Why it can't be shown here; undefined when it can. */
  readonly limit: string | undefined;
  /** What the group was made of, to see whether it is still the same. */
  readonly source: string;
}

const timeouts: ReadonlySet<UpstreamFailureCode> = new Set([
  "connect_timeout",
  "read_timeout",
  "write_timeout",
]);

/** TLS of which nobody asks anything. */
const anyTls: UpstreamTls = {
  serverName: "",
  verify: undefined,
  verifyDepth: undefined,
  roots: undefined,
  certificate: undefined,
};

const noPassive = {
  healthy: { successes: 0, http_statuses: [] },
  unhealthy: { http_failures: 0, tcp_failures: 0, timeouts: 0, http_statuses: [] },
};

/** Tells the addresses at which earlier tries failed. */
const failedAt = (failed: readonly Peer[]): ((address: SocketAddress) => boolean) | undefined =>
  failed.length === 0 ? undefined : ({ host }) => failed.some(({ address }) => address.host === host);

/** Sends tries to the targets of upstream entities by their algorithm, and any other host straight to its addresses. */
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
      const certificate = row.client_certificate
        ? certificateOf(rows.byId("certificates", row.client_certificate.id))
        : undefined;
      // Documents that are read again bring new times: nothing that counts here.
      const source = JSON.stringify([{ ...row, created_at: 0, updated_at: 0 }, own, certificate]);
      const before = this.members.get(row.name);
      if (before?.source === source) members.set(row.name, before);
      else {
        const limit = certificate && this.ports.transport.tlsLimit?.({ ...anyTls, certificate });
        members.set(row.name, { row, source, certificate, limit, ...this.compile(row, own, before?.group) });
      }
    }
    return () => this.swap(members);
  }

  private compile(
    row: UpstreamRow,
    targets: readonly { target: string; weight: number }[],
    before: Group | undefined,
  ): Pick<Member, "group" | "resolution"> {
    const { board, dns, clock, random } = this.ports;
    const group = new Group(
      targets,
      {
        name: row.name,
        algorithm: row.algorithm as Algorithm,
        slots: row.slots,
        thresholdPercent: row.healthchecks?.threshold ?? 0,
        passive: row.healthchecks?.passive ?? noPassive,
        start: () => random.fraction(),
        isResolved: (name) => dns !== undefined && this.isResolved(name, row),
        board,
      },
      before,
    );
    const resolution =
      dns !== undefined && group.targets.some(({ isNamed }) => isNamed)
        ? new Resolution(group, dns, clock, row.use_srv_name === true)
        : undefined;
    return { group, resolution };
  }

  /** Whether the addresses of a target's name are the balancer's to choose among. */
  private isResolved(name: string, { host_header: hostHeader }: UpstreamRow): boolean {
    return (
      this.ports.transport.keepsOwnNames !== true || isServiceName(name) || (hostHeader ?? name) !== name
    );
  }

  private swap(members: Map<string, Member>): void {
    for (const [name, { group }] of this.members) {
      const after = members.get(name)?.group;
      if (after !== group) group.forget(after);
    }
    this.members = members;
    // Before the first request asks for them.
    for (const { resolution } of members.values()) void resolution?.renew();
  }

  pick(
    exchange: Exchange,
    target: UpstreamTarget,
    failed: readonly Peer[],
  ): Peer | ErrorCode | Promise<Peer | ErrorCode> {
    const member = this.members.get(target.host);
    const limit = target.limit ?? (target.tls && member?.limit);
    if (limit !== undefined) {
      this.ports.logger.log("error", `${target.host} can't be reached as it is configured: ${limit}`, {
        requestId: exchange.id,
      });
      return "unsupported";
    }
    if (member === undefined) return this.direct(exchange, target, failed);
    const avoided =
      failed.length === 0 ? undefined : new Set(failed.flatMap(({ chosen }) => chosen?.address ?? []));
    const unresolved = member.resolution?.renew();
    return unresolved === undefined
      ? this.choose(exchange, target, member, failed, avoided)
      : unresolved.then(() => this.choose(exchange, target, member, failed, avoided));
  }

  /** To a host that is no upstream. */
  private direct(
    exchange: Exchange,
    target: UpstreamTarget,
    failed: readonly Peer[],
  ): Peer | ErrorCode | Promise<Peer | ErrorCode> {
    const { host, port, tls } = target;
    const place = { host, port, hostname: host, isLate: ipVersion(host) === 0 };
    const at = this.locate(exchange, target, place, host, failed);
    if (at === place) return { address: { host, port, tls }, host };
    return whenReady(at, (found) =>
      found instanceof DnsFailure
        ? "name_not_resolved"
        : { address: { host: found.host, port: found.port, tls }, host },
    );
  }

  private choose(
    exchange: Exchange,
    target: UpstreamTarget,
    member: Member,
    failed: readonly Peer[],
    avoided: Set<Address> | undefined,
  ): Peer | ErrorCode | Promise<Peer | ErrorCode> {
    const { row, group } = member;
    const hash = row.algorithm === "consistent-hashing" ? hashInput(exchange, row, this.newId) : "";
    const address = group.pick(hash, avoided, this.ports.clock.monotonicMs());
    if (address === undefined) return "no_peer";
    const host = row.host_header ?? address.hostname;
    const at = this.locate(exchange, target, address, host, failed);
    if (at === address) return this.peer(target, member, address, address);
    return whenReady(at, (found) => {
      if (!(found instanceof DnsFailure)) return this.peer(target, member, address, found);
      if (avoided?.has(address)) return "name_not_resolved";
      return this.choose(exchange, target, member, failed, new Set(avoided).add(address));
    });
  }

  /**
   * Where a try connects to.
   *
   * @param hostname What is asked for unless the route or a plugin say otherwise.
   */
  private locate(
    exchange: Exchange,
    target: UpstreamTarget,
    place: Pick<Address, "host" | "port" | "hostname" | "isLate">,
    hostname: string,
    failed: readonly Peer[],
  ): SocketAddress | DnsFailure | Promise<SocketAddress | DnsFailure> {
    const { dns, transport } = this.ports;
    if (dns === undefined) return place;
    const { host, port, isLate } = place;
    if (transport.keepsOwnNames === true) {
      if (exchange.request.isWebSocketUpgrade) return dns.toname(isLate ? host : place.hostname, port);
      const asked = hostFor(exchange, target, { host: hostname, address: place });
      const isOwn = asked.toLowerCase() === hostOf(target.scheme, host, port).toLowerCase();
      if (isOwn && !isServiceName(host)) return place;
    }
    return isLate ? dns.toip(host, port, failedAt(failed)) : place;
  }

  private peer(
    { host, tls }: UpstreamTarget,
    { row, certificate }: Member,
    address: Address,
    at: SocketAddress,
  ): Peer {
    address.connections++;
    return {
      address: {
        host: at.host,
        port: at.port,
        tls: tls === undefined || certificate === undefined ? tls : withCertificate(tls, certificate),
      },
      host: row.host_header ?? address.hostname,
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

  /** Every address that is down. */
  unhealthy(): HealthChange[] {
    return [...this.members].flatMap(([upstream, { group }]) =>
      group.addresses
        .filter(({ isAvailable }) => !isAvailable)
        .map(({ host, port }) => ({ upstream, host, port, isHealthy: false })),
    );
  }

  /** What is known of an upstream, its names resolved; undefined when there is none of that name. */
  async state(upstream: string): Promise<GroupState | undefined> {
    const member = this.members.get(upstream);
    await member?.resolution?.renewed();
    return member?.group.state();
  }

  /** Tells others of a change that was noticed here. */
  told(upstream: string, { host, port, isAvailable }: Address): void {
    const [level, side] = isAvailable ? (["notice", "healthy"] as const) : (["warn", "unhealthy"] as const);
    this.ports.logger.log(level, `upstream ${upstream}: ${host}:${port} is ${side}`);
    this.ports.onHealthChange?.({ upstream, host, port, isHealthy: isAvailable });
  }
}

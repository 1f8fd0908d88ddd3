import type { Address } from "../balancer/index.ts";
import type { ActiveChecks } from "../entities/rows.ts";
import type { Cancel, Timers } from "../ports/timers.ts";
import type { Transport, UpstreamFailureCode, UpstreamTls } from "../ports/transport.ts";
import { hostOf } from "./request.ts";
import type { Member, Upstreams } from "./upstreams.ts";

export interface ProberPorts {
  readonly timers: Timers;
  readonly transport: Transport;
}

const timeouts: ReadonlySet<UpstreamFailureCode> = new Set([
  "connect_timeout",
  "read_timeout",
  "write_timeout",
]);

/** What a probe found out. */
type Finding = { readonly status: number } | "tcp_failure" | "timeout";

const isProbeable = ({ type }: ActiveChecks): boolean => type === "http" || type === "https";

/** Active health checks by HTTP. One worker of a node probes; the others are told of changes. */
export class Prober {
  private readonly upstreams: Upstreams;
  private readonly ports: ProberPorts;
  private cancels: Cancel[] = [];

  constructor(upstreams: Upstreams, ports: ProberPorts) {
    this.upstreams = upstreams;
    this.ports = ports;
  }

  /** Takes up the checks of the current configuration in place of those before. */
  restart(): void {
    this.close();
    for (const member of this.upstreams.all) {
      const active = member.row.healthchecks?.active;
      if (active === undefined || !isProbeable(active)) continue;
      this.schedule(member, active, true, active.healthy.interval);
      this.schedule(member, active, false, active.unhealthy.interval);
    }
  }

  /** @param intervalSeconds Seconds between rounds over the addresses on that side; 0 for none. */
  private schedule(
    member: Member,
    active: ActiveChecks,
    isAvailable: boolean,
    intervalSeconds: number,
  ): void {
    if (intervalSeconds <= 0) return;
    const tls: UpstreamTls | undefined =
      active.type === "https"
        ? {
            serverName: active.https_sni ?? member.row.host_header ?? member.row.name,
            verify: active.https_verify_certificate,
            verifyDepth: undefined,
            roots: undefined,
            certificate: undefined,
          }
        : undefined;
    const round = (): Promise<void> => this.round(member, active, tls, isAvailable);
    this.cancels.push(this.ports.timers.every(intervalSeconds * 1000, `probe ${member.row.name}`, round));
  }

  private async round(
    member: Member,
    active: ActiveChecks,
    tls: UpstreamTls | undefined,
    isAvailable: boolean,
  ): Promise<void> {
    const waiting = member.group.addresses.filter(
      (address) => address.weight > 0 && address.isAvailable === isAvailable,
    );
    const next = async (): Promise<void> => {
      for (let address = waiting.pop(); address !== undefined; address = waiting.pop()) {
        const finding = await this.probe(member, active, tls, address);
        if (member.group.report(address, finding, active)) this.upstreams.told(member.row.name, address);
      }
    };
    await Promise.all(Array.from({ length: Math.min(active.concurrency, waiting.length) }, next));
  }

  private probe(
    { row }: Member,
    active: ActiveChecks,
    tls: UpstreamTls | undefined,
    { host, port }: Address,
  ): Promise<Finding> {
    const timeoutMs = Math.max(1, active.timeout * 1000);
    const headers = ["Host", hostOf(active.type, row.host_header ?? host, port), "Connection", "close"];
    for (const [name, values] of Object.entries(active.headers ?? {})) {
      for (const value of values) headers.push(name, value);
    }
    return new Promise((resolve) => {
      this.ports.transport.send(
        { host, port, tls },
        {
          method: "GET",
          target: active.http_path,
          httpVersion: "1.1",
          headers,
          body: undefined,
          upgrade: undefined,
          connectTimeoutMs: timeoutMs,
          writeTimeoutMs: timeoutMs,
          readTimeoutMs: timeoutMs,
        },
        {
          informed: () => undefined,
          responded: ({ status, body }) => {
            body?.cancel();
            resolve({ status });
          },
          failed: ({ code }) =>
            resolve(
              timeouts.has(code) ? "timeout" : code === "invalid_response" ? { status: 0 } : "tcp_failure",
            ),
        },
      );
    });
  }

  /** Ends all checks. */
  close(): void {
    for (const cancel of this.cancels.splice(0)) cancel();
  }
}

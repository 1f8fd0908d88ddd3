import { ipVersion } from "../schema/address.ts";
import { splitHostPort } from "../schema/host.ts";
import { type Address, newAddress, type Placement } from "./address.ts";

export interface TargetOptions {
  /** `host:port` */
  readonly target: string;
  readonly weight: number;
}

/** The port of a target that names none. */
const defaultPort = 8000;

/** Takes `host:port` apart; IPv6 in brackets, which are not part of the host. */
export const splitTarget = (target: string): { host: string; port: number } => {
  const { host, port } = splitHostPort(target) ?? { host: target };
  return { host: host.replace(/^\[(.+)\]$/, "$1"), port: port ?? defaultPort };
};

const byHostAndPort = (a: Placement, b: Placement): number =>
  a.host < b.host ? -1 : a.host > b.host ? 1 : a.port - b.port;

const keyOf = ({ host, port, hostname, isLate }: Placement): string =>
  `${host}|${port}|${hostname}|${isLate ? "late" : ""}`;

/** One target of an upstream, with the addresses that it has at the moment. */
export class Target {
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  /** True when its addresses come and go with what its name leads to. */
  readonly isNamed: boolean;
  /** Sorted by host and port. */
  addresses: readonly Address[];
  /** What its addresses come from; `error` while its name has none. */
  dns: "ip" | "A" | "AAAA" | "SRV" | "CNAME" | "error";
  /** When its name is to be resolved again, in milliseconds since the epoch. */
  renewAtMs: number;

  /**
   * @param isResolved Whether a name has no address until one is placed; otherwise it is an address itself.
   * @param before The same target of the configuration before: what is known of its addresses stays.
   */
  constructor(
    { target, weight }: TargetOptions,
    isResolved: (name: string) => boolean,
    before: Target | undefined,
  ) {
    const { host, port } = splitTarget(target);
    this.host = host;
    this.port = port;
    this.weight = weight;
    const isName = ipVersion(host) === 0;
    this.isNamed = isName && isResolved(host);
    this.dns = before?.dns ?? "ip";
    this.renewAtMs = before !== undefined && before.weight === weight ? before.renewAtMs : 0;
    const placements = this.isNamed
      ? (before?.addresses ?? [])
      : [{ host, port, weight, hostname: host, isLate: isName }];
    const known = new Map(before?.addresses.map((address) => [keyOf(address), address]));
    this.addresses = placements.map((placement) => {
      const address = known.get(keyOf(placement));
      // Requests under way count on the object that they were given.
      return address?.weight === placement.weight ? address : newAddress(placement);
    });
  }

  /**
   * Takes what its name leads to now. Addresses that stay keep what is known of them.
   *
   * @returns Those that came and those that went; undefined when nothing changed.
   */
  place(
    placements: readonly Placement[],
  ): { readonly added: readonly Address[]; readonly removed: readonly Address[] } | undefined {
    const before = new Map(this.addresses.map((address) => [keyOf(address), address]));
    const added: Address[] = [];
    let isChanged = false;
    const addresses: Address[] = [];
    for (const placement of placements) {
      const known = before.get(keyOf(placement));
      if (known === undefined) added.push(newAddress(placement));
      else if (known.weight !== placement.weight) {
        known.weight = placement.weight;
        isChanged = true;
      }
      if (before.delete(keyOf(placement))) addresses.push(known!);
    }
    if (!isChanged && added.length === 0 && before.size === 0) return undefined;
    this.addresses = [...addresses, ...added].sort(byHostAndPort);
    return { added, removed: [...before.values()] };
  }
}

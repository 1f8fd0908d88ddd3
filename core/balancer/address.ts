/** Where an address of a target is, and what it is called. */
export interface Placement {
  /** IP address, or a name that is resolved when a try goes there. */
  readonly host: string;
  readonly port: number;
  /** Share of the traffic; 0 for none. */
  readonly weight: number;
  /** What the address is asked for as, without port. */
  readonly hostname: string;
  /** `host` is a name, which each try resolves where the transport does not: its ttl is 0, or a service led there. */
  readonly isLate: boolean;
}

/** One address of an upstream, and what the balancer knows of it. */
export interface Address extends Placement {
  weight: number;
  /** False while health checks or an operator say so. */
  isAvailable: boolean;
  /** Tries under way. */
  connections: number;
  /** Exponentially weighted moving average of the time to answer, in milliseconds. */
  latencyMs: number;
  /** Milliseconds (monotonic) of the last latency sample; undefined before the first. */
  sampledAtMs: number | undefined;
}

export const newAddress = ({ host, port, weight, hostname, isLate }: Placement): Address => ({
  host,
  port,
  weight,
  hostname,
  isLate,
  isAvailable: true,
  connections: 0,
  latencyMs: 0,
  sampledAtMs: undefined,
});

/** A way to choose among addresses. */
export interface Strategy {
  /**
   * @param hash What the choice hangs on, for consistent hashing.
   * @param failed Addresses that failed for this exchange: chosen only when nothing else is left.
   * @param nowMs Milliseconds, monotonic.
   * @returns undefined when no address is available.
   */
  pick(hash: string, failed: ReadonlySet<Address> | undefined, nowMs: number): Address | undefined;
}

/** True for an address that may be chosen. */
export const isUsable = (address: Address, failed: ReadonlySet<Address> | undefined): boolean =>
  address.isAvailable && address.weight > 0 && (failed === undefined || !failed.has(address));

/** Tries a choice without the failed addresses, then with them: when all failed, the round begins anew. */
export const avoiding = (
  failed: ReadonlySet<Address> | undefined,
  choose: (failed: ReadonlySet<Address> | undefined) => Address | undefined,
): Address | undefined => choose(failed) ?? (failed === undefined ? undefined : choose(undefined));

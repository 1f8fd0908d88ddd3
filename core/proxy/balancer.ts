import type { Address } from "../balancer/index.ts";
import type { ErrorCode } from "../errors.ts";
import type { Exchange, UpstreamTarget } from "../pdk/exchange.ts";
import type { UpstreamAddress, UpstreamFailureCode } from "../ports/transport.ts";

/** The address of one try. */
export interface Peer {
  readonly address: UpstreamAddress;
  /** The name to send as Host, without port. */
  readonly host: string;
  /** Set when an upstream entity's balancer chose it. */
  readonly chosen?: { readonly upstream: string; readonly address: Address };
}

/** Chooses where each try goes. */
export interface Balancer {
  /**
   * @param failed Where this exchange's earlier tries failed.
   * @returns An error code when there is nowhere to go.
   */
  pick(
    exchange: Exchange,
    target: UpstreamTarget,
    failed: readonly Peer[],
  ): Peer | ErrorCode | Promise<Peer | ErrorCode>;
  /** What came of a try: the response's status or why it failed. @param latencyMs Until the head or the failure. */
  report(peer: Peer, outcome: number | UpstreamFailureCode, latencyMs: number): void;
  /** The try's connection is free again. Once for each pick. */
  release(peer: Peer): void;
}

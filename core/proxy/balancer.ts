import type { ErrorCode } from "../errors.ts";
import type { Exchange, UpstreamTarget } from "../pdk/exchange.ts";
import type { UpstreamAddress, UpstreamFailureCode } from "../ports/transport.ts";

/** The address of one try. */
export interface Peer {
  readonly address: UpstreamAddress;
  /** The name to send as Host, without port. */
  readonly host: string;
}

/** Chooses where each try goes. */
export interface Balancer {
  /**
   * @param tried Number of tries that failed before.
   * @returns An error code when there is nowhere to go.
   */
  pick(
    exchange: Exchange,
    target: UpstreamTarget,
    tried: number,
  ): Peer | ErrorCode | Promise<Peer | ErrorCode>;
  /** The try is over. `outcome` is the response's status or why it failed; undefined when it was given up. */
  release(peer: Peer, outcome?: number | UpstreamFailureCode): void;
}

/** Sends every try to the target's own host: for services that name a host and no upstream entity. */
export const directBalancer: Balancer = {
  pick: (_, { host, port, tls }) => ({ address: { host, port, tls }, host }),
  release() {},
};

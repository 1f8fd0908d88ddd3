import type { DnsClient } from "../dns/index.ts";
import type { HostPorts } from "../pdk/host.ts";
import type { Exchange, NodeFacts, PluginDefinition, TracingOptions } from "../pdk/index.ts";
import type { Secrets } from "../pipeline/instances.ts";
import type { TracedHandler } from "../pipeline/trace.ts";
import type { Dialer } from "../ports/dialer.ts";
import type { HealthBoard } from "../ports/healthboard.ts";
import type { Transport } from "../ports/transport.ts";
import type { RouterFlavor } from "../router/index.ts";
import type { ProxyOptions } from "./options.ts";
import type { HealthChange } from "./upstreams.ts";

/** The world, as a root hands it in. */
export interface GatewayPorts extends HostPorts {
  readonly transport: Transport;
  /** What is known of the health of upstreams: of the node, or as far as the root can share it. */
  readonly board: HealthBoard;
  /** Resolves the names of services and targets; undefined to leave that to the transport. */
  readonly dns?: DnsClient | undefined;
  /** For TCP health checks; undefined where they can't be made. */
  readonly dialer?: Dialer | undefined;
}

export interface GatewayOptions {
  readonly version: string;
  readonly plugins: readonly PluginDefinition[];
  readonly node: NodeFacts;
  /** Default `traditional_compatible`. */
  readonly routerFlavor?: RouterFlavor;
  /** What differs from the defaults of `proxyOptions`. */
  readonly proxy?: Partial<ProxyOptions>;
  /**
   * A plugin that refuses what it is configured with when the gateway begins answers its requests with 500, instead of
   * leaving the gateway with no configuration at all.
   */
  readonly startsBroken?: boolean;
  /** Told when an exchange is over: access logs, counters. */
  readonly onFinished?: (exchange: Exchange) => void;
  /** Where references to the env vault lead; without it they stand for nothing. */
  readonly secrets?: Secrets;
  /** Told with {@link onFinished} how long each handler of each plugin took. */
  readonly onTraced?: (exchange: Exchange, handlers: readonly TracedHandler[]) => void;
  /** Default: nothing is recorded. */
  readonly tracing?: TracingOptions;
  /** This worker makes the active health checks of its node. */
  readonly isProber?: boolean;
  /** Told when traffic or a probe made an address of an upstream change sides. */
  readonly onHealthChange?: (change: HealthChange) => void;
}

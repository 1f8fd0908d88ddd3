import type { DnsClient } from "../dns/index.ts";
import type { Exchange, NodeFacts, PluginDefinition, TracingOptions } from "../pdk/index.ts";
import type { Secrets } from "../pipeline/instances.ts";
import type { TracedHandler } from "../pipeline/trace.ts";
import type { Clock } from "../ports/clock.ts";
import type { CounterPlaces } from "../ports/counters.ts";
import type { Dialer } from "../ports/dialer.ts";
import type { Fetcher } from "../ports/fetcher.ts";
import type { HealthBoard } from "../ports/healthboard.ts";
import type { LineFiles } from "../ports/lines.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { SharedDict } from "../ports/shareddict.ts";
import type { Sharing } from "../ports/sharing.ts";
import type { Subtle } from "../ports/subtle.ts";
import type { Timers } from "../ports/timers.ts";
import type { Transport } from "../ports/transport.ts";
import type { RouterFlavor } from "../router/index.ts";
import type { ProxyOptions } from "./options.ts";
import type { HealthChange } from "./upstreams.ts";

/** The world, as a root hands it in. */
export interface GatewayPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly timers: Timers;
  readonly transport: Transport;
  /** Counters of rate limits: of the node, or as far as the root can share them. */
  readonly counters: SharedDict;
  /** What is known of the health of upstreams: of the node, or as far as the root can share it. */
  readonly board: HealthBoard;
  /** Resolves the names of services and targets; undefined to leave that to the transport. */
  readonly dns?: DnsClient | undefined;
  /** For TCP health checks; undefined where they can't be made. */
  readonly dialer?: Dialer | undefined;
  /** The other places where limits can be counted. */
  readonly counting?: Partial<Omit<CounterPlaces, "local">>;
  /** What plugins keep of responses; as much of it as there is room for. */
  readonly responses: SharedDict;
  /** Undefined where a worker is alone, as an isolate at the edge. */
  readonly sharing?: Sharing | undefined;
  readonly subtle: Subtle;
  /** For what the gateway sends by itself: logs. */
  readonly fetcher: Fetcher;
  /** Undefined where there are no files. */
  readonly files: LineFiles | undefined;
}

export interface GatewayOptions {
  readonly version: string;
  readonly plugins: readonly PluginDefinition[];
  readonly node: NodeFacts;
  /** Default `traditional_compatible`. */
  readonly routerFlavor?: RouterFlavor;
  /** What differs from the defaults of `proxyOptions`. */
  readonly proxy?: Partial<ProxyOptions>;
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

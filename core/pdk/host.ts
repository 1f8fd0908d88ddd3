import { sharedCache, WorkerEvents } from "../events/index.ts";
import type { Clock } from "../ports/clock.ts";
import type { CounterPlaces } from "../ports/counters.ts";
import type { Environment } from "../ports/environment.ts";
import type { Fetcher } from "../ports/fetcher.ts";
import type { Acme } from "../ports/acme.ts";
import type { Certificates } from "../ports/certificates.ts";
import type { Ldap } from "../ports/ldap.ts";
import type { LineFiles } from "../ports/lines.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { Protos } from "../ports/protos.ts";
import type { SystemLog } from "../ports/systemlog.ts";
import type { Records } from "../ports/records.ts";
import type { SharedDict } from "../ports/shareddict.ts";
import type { Scripts } from "../ports/scripts.ts";
import type { Sharing } from "../ports/sharing.ts";
import type { Sockets } from "../ports/sockets.ts";
import type { Subtle } from "../ports/subtle.ts";
import type { Timers } from "../ports/timers.ts";
import { DictCounters } from "./limits/index.ts";
import type { LogTap } from "./logtap.ts";
import { Metrics } from "./metrics.ts";
import type { PluginHost } from "./plugin.ts";

/** The part of the world that plugins see. */
export interface HostPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly timers: Timers;
  /** Counters of rate limits: of the node, or as far as the root can share them. */
  readonly counters: SharedDict;
  /** Where else limits can be counted; `local` takes the place of counting in {@link HostPorts.counters}. */
  readonly counting?: Partial<CounterPlaces>;
  /** What plugins keep of responses; as much of it as there is room for. */
  readonly responses: SharedDict;
  /** What plugins keep until they delete it, or there is no room; default `responses`. */
  readonly kept?: SharedDict;
  /** Texts in Redis; undefined where it can't be reached. */
  readonly redis?: PluginHost["redis"];
  /** Undefined where no certificates can be ordered. */
  readonly acme?: Acme | undefined;
  /** Undefined where nothing listens for TLS. */
  readonly certificates?: Certificates | undefined;
  /** Undefined where the data path writes nothing. */
  readonly records?: Records | undefined;
  /** Undefined where a worker is alone, as an isolate at the edge. */
  readonly sharing?: Sharing | undefined;
  readonly subtle: Subtle;
  /** For what the gateway sends by itself: logs. */
  readonly fetcher: Fetcher;
  /** Undefined where there is none. */
  readonly environment?: Environment | undefined;
  /** Undefined where there are no files. */
  readonly files: LineFiles | undefined;
  /** Undefined where there are none. */
  readonly sockets?: Sockets | undefined;
  /** Undefined where there are no files. */
  readonly protos?: Protos | undefined;
  /** Undefined where there is none. */
  readonly systemLog?: SystemLog | undefined;
  /** Undefined where configurations may not hold code. */
  readonly scripts?: Scripts | undefined;
  /** Undefined where LDAP servers can't be reached. */
  readonly ldap?: Ldap | undefined;
}

/** What the gateway itself knows. */
type HostFacts = Pick<
  PluginHost,
  "directory" | "node" | "isTrusted" | "version" | "tracing" | "heldBodyBytes"
>;

/** @param log What the ports' logger is listened to by. */
export const createHost = (ports: HostPorts, log: LogTap, facts: HostFacts): PluginHost => {
  const {
    clock,
    random,
    timers,
    counters,
    counting,
    responses,
    kept,
    redis,
    acme,
    certificates,
    records,
    sharing,
    subtle,
    fetcher,
    environment,
    files,
    sockets,
    protos,
    systemLog,
    scripts,
    ldap,
  } = ports;
  const events = sharing && new WorkerEvents(sharing.bus, log);
  return {
    ...facts,
    cache: sharedCache(clock, sharing, events),
    events,
    clock,
    random,
    logger: log,
    timers,
    counters,
    counting: {
      local: counting?.local ?? new DictCounters(counters),
      cluster: counting?.cluster,
      redis: counting?.redis,
    },
    responses,
    kept: kept ?? responses,
    redis,
    acme,
    certificates,
    records,
    subtle,
    fetcher,
    environment,
    files,
    sockets,
    protos,
    systemLog,
    scripts,
    ldap,
    metrics: new Metrics(),
    listenToLog: (listener) => log.listen(listener),
  };
};

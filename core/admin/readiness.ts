import { emptyHash } from "../declarative/index.ts";
import type { DnsStatistics } from "../dns/index.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Database } from "../store/index.ts";
import { AdminApp, json } from "./app.ts";
import { readBody } from "./body.ts";
import type { DeclarativeConfiguration } from "./configuration.ts";
import type { NodeInformation } from "./information.ts";
import { metricsResource } from "./metrics.ts";
import { type HealthSource, unknownHealth } from "./targethealth.ts";
import { type DictUsage, dnsResource, statusResource, type WorkerCounts } from "./status.ts";

export interface StatusOptions {
  /** `sallyport/<version>` */
  readonly server: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly database: Database;
  /** Undefined with a database. */
  readonly configuration?: DeclarativeConfiguration;
  readonly node: () => NodeInformation;
  readonly health?: HealthSource;
  readonly counts: () => Promise<readonly WorkerCounts[]>;
  /** What the DNS clients counted; undefined (or none given) when the platform resolves names. */
  readonly dns?: () => Promise<DnsStatistics | undefined>;
  /** Memory that workers share; none without. */
  readonly dicts?: () => readonly DictUsage[];
}

/** What `/status` tells of where the configuration comes from. */
export const stateOf = async (
  database: Database,
  configuration: DeclarativeConfiguration | undefined,
): Promise<Record<string, unknown>> =>
  configuration === undefined
    ? { database: { reachable: await database.store.ping() } }
    : { configuration_hash: configuration.current?.hash ?? emptyHash };

/** The Status API: what load balancers and monitors may ask without ruling the gateway. */
export const createStatusApi = (options: StatusOptions): AdminApp => {
  const { server, clock, logger, database, configuration, counts } = options;
  const dicts = options.dicts ?? (() => []);
  const health = options.health ?? unknownHealth;
  let isDraining = false;

  /** Why no requests should be sent here; undefined when they may. */
  const hindrance = async (): Promise<string | undefined> => {
    if (isDraining) return "draining";
    if (configuration === undefined)
      return (await database.store.ping()) ? undefined : "failed to connect to database";
    const isEmpty = (configuration.current?.hash ?? emptyHash) === emptyHash;
    return isEmpty ? "no configuration available (empty configuration present)" : undefined;
  };

  return new AdminApp({
    server,
    nowMs: () => clock.monotonicMs(),
    onError: (error) => logger.log("error", "the Status API failed", { error }),
  })
    .resource(
      "/status",
      statusResource(counts, () => stateOf(database, configuration), dicts),
    )
    .resource("/status/ready", {
      async GET() {
        const message = await hindrance();
        return message === undefined ? json({ message: "ready" }) : json({ message }, 503);
      },
      async POST(context) {
        const body = await readBody(context);
        if (!body.ok) return body.response;
        if (body.values["status"] !== "draining")
          return json({ message: "expected the status 'draining'" }, 400);
        isDraining = true;
        return json(undefined, 204);
      },
    })
    .resource("/metrics", metricsResource({ node: options.node, counts, dicts, database, health }))
    .resource("/status/dns", dnsResource(options.dns ?? (async () => undefined), counts));
};

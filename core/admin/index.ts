import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { AdminApp } from "./app.ts";
import { configResource, type ConfigurationControl } from "./config.ts";
import { metricsResource } from "./metrics.ts";
import { information, type NodeInformation } from "./information.ts";
import { statusResource, type WorkerCounts } from "./status.ts";

export { DeclarativeConfiguration, type ConfigurationOptions } from "./configuration.ts";
export type { ConfigurationControl } from "./config.ts";
export type { NodeInformation } from "./information.ts";
export type { WorkerCounts } from "./status.ts";

export interface AdminOptions {
  /** `sallyport/<version>` */
  readonly server: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly configuration: ConfigurationControl;
  readonly node: () => NodeInformation;
  readonly counts: () => Promise<readonly WorkerCounts[]>;
}

/** The Admin API, the same on every root: a function from Request to Response. */
export const createAdmin = (options: AdminOptions): AdminApp => {
  const { server, clock, logger, configuration, node, counts } = options;
  return new AdminApp({
    server,
    nowMs: () => clock.monotonicMs(),
    onError: (error) => logger.log("error", "the Admin API failed", { error }),
  })
    .resource("/", { GET: () => information(node(), configuration.configuration.current) })
    .resource("/status", statusResource(counts, configuration.configuration))
    .resource("/metrics", metricsResource(node, counts))
    .resource("/config", configResource(configuration));
};

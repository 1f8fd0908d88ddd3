import { bundledVaults } from "../entities/index.ts";
import type { DnsStatistics } from "../dns/index.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { PluginDeclaration } from "../pdk/index.ts";
import { type Database, each } from "../store/index.ts";
import { addStatistics, type TimerStatistics } from "../timers/index.ts";
import { AdminApp, json } from "./app.ts";
import { type CacheControl, cacheResources } from "./cache.ts";
import { configResource, type ConfigurationControl } from "./config.ts";
import { type HealthSource, unknownHealth } from "./targethealth.ts";
import { metricsResource } from "./metrics.ts";
import { information, type NodeInformation } from "./information.ts";
import { logLevelResources, type LogLevelControl, nodeResources, type NodeTimers } from "./node.ts";
import { openApi } from "./openapi.ts";
import { pluginResources, type PluginReach } from "./pluginroutes.ts";
import { stateOf } from "./readiness.ts";
import { entityResources } from "./resources.ts";
import { schemaResources } from "./schemas.ts";
import { type DictUsage, dnsResource, statusResource, type WorkerCounts } from "./status.ts";

export { isBearer, unauthorized } from "./app.ts";
export { autoSource, derivingSource } from "./auto.ts";
export { DeclarativeConfiguration, type ConfigurationOptions } from "./configuration.ts";
export type { CacheControl } from "./cache.ts";
export type { ConfigurationControl } from "./config.ts";
export type { HealthSource } from "./targethealth.ts";
export type { NodeInformation } from "./information.ts";
export type { LogLevelControl } from "./node.ts";
export { createStatusApi, type StatusOptions } from "./readiness.ts";
export type { DictUsage, WorkerCounts } from "./status.ts";

export interface AdminOptions extends PluginReach {
  /** `sallyport/<version>` */
  readonly server: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly plugins: readonly PluginDeclaration[];
  /** The entities: in a database, or the declared ones. */
  readonly database: Database;
  /** Loads declarative configurations; undefined with a database. */
  readonly configuration?: ConfigurationControl;
  readonly node: () => NodeInformation;
  readonly counts: () => Promise<readonly WorkerCounts[]>;
  /** Jobs beside those of the workers. */
  readonly timers?: () => TimerStatistics;
  /** Memory that workers share; none without. */
  readonly dicts?: () => readonly DictUsage[];
  /** What `/cache` looks at; nothing is cached without. */
  readonly cache?: CacheControl;
  readonly health?: HealthSource;
  /** What the DNS clients counted; undefined (or none given) when the platform resolves names. */
  readonly dns?: () => Promise<DnsStatistics | undefined>;
  readonly logLevel?: LogLevelControl;
  /** Required of every request as `Authorization: Bearer <token>`; without it everybody may do everything. */
  readonly token?: string;
}

const pluginsInUse = async (database: Database): Promise<string[]> => {
  const names = new Set<string>();
  for await (const { values } of each(database, database.entities.get("plugins")!))
    if (values["enabled"] === true) names.add(String(values["name"]));
  return [...names].sort();
};

/** The Admin API, the same on every root: a function from Request to Response. */
export const createAdmin = (options: AdminOptions): AdminApp => {
  const { server, clock, logger, configuration, node, counts, database, plugins, token } = options;
  const dicts = options.dicts ?? (() => []);
  const health = options.health ?? unknownHealth;
  const { entities, auto } = database;
  const app = new AdminApp({
    server,
    nowMs: () => clock.monotonicMs(),
    onError: (error) => logger.log("error", "the Admin API failed", { error }),
    ...(token !== undefined && { token }),
  });
  const timers = async (): Promise<NodeTimers> => {
    const workers = (await counts()).map(({ timers }) => timers);
    const own = options.timers?.();
    return { workers: workers.length, statistics: addStatistics(own ? [...workers, own] : workers) };
  };
  const state = () => stateOf(database, configuration?.configuration);
  const onlyWithoutDatabase = (): Response =>
    json(
      {
        message: "this endpoint is only available when Kong is configured to not use a database",
      },
      400,
    );

  app
    .resource("/metrics", metricsResource({ node, counts, dicts, database, health }))
    .resource("/", {
      GET: async () => information(node(), await pluginsInUse(database), (await timers()).statistics),
    })
    .resource("/status", statusResource(counts, state, dicts))
    .resource("/status/dns", dnsResource(options.dns ?? (async () => undefined), counts))
    .resource(
      "/config",
      configuration === undefined
        ? { GET: onlyWithoutDatabase, POST: onlyWithoutDatabase }
        : configResource(configuration),
    );
  nodeResources(app, timers);
  cacheResources(app, options.cache);
  logLevelResources(
    app,
    options.logLevel ?? { current: "notice", set: () => undefined },
    configuration === undefined,
  );
  schemaResources(app, { entities, plugins, vaults: bundledVaults, auto });
  entityResources(app, {
    database,
    plugins,
    health,
    nodeId: () => node().nodeId,
  });
  pluginResources(app, plugins, database, options);
  const described = (): string[] => app.endpoints.map(({ path }) => path);
  app.resource("/endpoints", {
    // Those that Kong has, too: it knows nothing of a description of itself.
    GET: () => json({ data: endpointsOf(described().filter((path) => path !== "/openapi.json")) }),
  });
  app.resource("/openapi.json", {
    GET: () => json(openApi(app.endpoints, entities, node().version, token !== undefined)),
  });
  return app;
};

const segments = (path: string): string[] => path.split("/");

/** Paths in the order of their segments. */
const endpointsOf = (paths: readonly string[]): string[] =>
  [...new Set(paths)].sort((a, b) => {
    const [left, right] = [segments(a), segments(b)];
    for (const [i, part] of left.entries()) {
      const other = right[i];
      if (other === undefined) return 1;
      if (part !== other) return part < other ? -1 : 1;
    }
    return -1;
  });

import {
  LoggerCommand,
  NodeLineFiles,
  nodeLogger,
  NodeSockets,
  NodeEnvironment,
  ProxyFetcher,
} from "../../adapters/node/index.ts";
import { ProtoFiles } from "../../adapters/protobuf/index.ts";
import { memoryPorts } from "../../adapters/memory/index.ts";
import { webClock, WebFetcher, webRandom, webSubtle, WebTimers } from "../../adapters/web/index.ts";
import {
  ClusterEvents,
  createGateway,
  Database,
  DatabaseRecords,
  DeclaredStore,
  type Gateway,
  Schedule,
  type Tables,
  WorkerEvents,
} from "../../core/index.ts";
import { openDatabase } from "../database.ts";
import { initialTables } from "../declarative.ts";
import { openDns } from "../dns.ts";
import { nodeHostname, nodeId } from "../node.ts";
import { proxyOptionsOf } from "../proxyoptions.ts";
import { version } from "../version.ts";
import { createZones, masterOwner, sharingOf } from "../zones.ts";
import { type ConfOptions, configured } from "./opened.ts";

/** What a script works with: the parts of a gateway, on the configuration of a node. */
export type Workbench = Awaited<ReturnType<typeof openWorkbench>>;

/** Opens the parts of a gateway in this process, on the configured database. Close it when done. */
export const openWorkbench = async (options: ConfOptions) => {
  const { conf, configuration, plugins } = await configured(options);
  const logger = nodeLogger({ level: conf.logLevel, format: conf.logFormat, file: undefined });
  const timers = new Schedule({ timers: new WebTimers(logger), clock: webClock, random: webRandom, logger });
  const { entities, auto } = configuration.context;
  const opened = await openDatabase(conf, entities, configuration.plugins, logger);
  await opened?.ready();
  const declared = new DeclaredStore(entities, webClock);
  const tables: Tables = opened === undefined ? initialTables(conf, configuration, declared, undefined) : {};
  const store = opened?.store ?? declared;
  const sharing = sharingOf(createZones(conf.memCacheBytes), masterOwner, timers);
  const dns = openDns(conf.dns, logger);
  const node = conf.nodeId ?? nodeId(conf.prefix);
  const database = new Database({ store, entities, auto });
  const gateway: Gateway = createGateway(
    {
      ...memoryPorts(),
      clock: webClock,
      random: webRandom,
      logger,
      timers,
      dns,
      sharing,
      records: new DatabaseRecords(database),
      subtle: webSubtle,
      fetcher: new ProxyFetcher(new WebFetcher()),
      environment: new NodeEnvironment(process.env),
      files: new NodeLineFiles(),
      sockets: new NodeSockets(),
      protos: new ProtoFiles([conf.prefix]),
      systemLog: new LoggerCommand(logger, webClock),
    },
    {
      version,
      plugins,
      node: { id: node, hostname: nodeHostname, pid: process.pid, worker: 0 },
      routerFlavor: conf.routerFlavor,
      proxy: proxyOptionsOf(conf, version),
      secrets: { variables: (name) => process.env[name], prefix: conf.vaultEnvPrefix },
    },
  );
  return {
    conf,
    configuration,
    /** The rows that the configuration declares, without a database. */
    tables,
    store,
    database,
    gateway,
    cache: gateway.host.cache,
    dns,
    /** Events of this process. */
    events: gateway.host.events ?? new WorkerEvents(sharing.bus, logger),
    /** Events of all nodes on the database; undefined without one. */
    cluster:
      opened &&
      new ClusterEvents({
        log: opened.log,
        node,
        random: webRandom,
        logger,
        propagationMs: conf.dbPropagationMs,
      }),
    timers,
    clock: webClock,
    random: webRandom,
    logger,
    async close(): Promise<void> {
      timers.close();
      await opened?.close();
    },
  };
};

import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { nodeCertificates, nodeLogger } from "../adapters/node/index.ts";
import { webClock, webRandom, WebTimers } from "../adapters/web/index.ts";
import { AdminListener } from "./admin.ts";
import { defaultCertificate } from "./certificate.ts";
import type { ListenAddress } from "./conf/listeners.ts";
import type { Conf } from "./conf/load.ts";
import { shownConf } from "./conf/shown.ts";
import {
  type ConfigurationControl,
  createAdmin,
  createStatusApi,
  Database,
  DeclarativeConfiguration,
  DeclaredStore,
  type Logger,
  type NodeFacts,
  Schedule,
  type Tables,
} from "../core/index.ts";
import { Cluster } from "./cluster.ts";
import { openDatabase } from "./database.ts";
import { Feed } from "./feed.ts";
import type { Certificate } from "./messages.ts";
import { NodeLogLevel } from "./loglevel.ts";
import { nodeHostname, nodeId } from "./node.ts";
import { loadPlugins } from "./plugins.ts";
import { WorkerPool } from "./pool.ts";
import { probe } from "./probe.ts";
import { kongVersion, version } from "./version.ts";
import { cacheControl, createZones, masterOwner, responsesOf, ZoneKeeper } from "./zones.ts";

/** Milliseconds that requests under way have when the gateway stops. */
const graceMs = 10_000;

const workerModule = new URL(
  import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js",
  import.meta.url,
);

const refuseBusyPorts = async (conf: Conf): Promise<void> => {
  const wanted: [string, ListenAddress][] = [
    ...conf.proxyListen.map((address): [string, ListenAddress] => ["proxy_listen", address]),
    ...conf.adminListen.map((address): [string, ListenAddress] => ["admin_listen", address]),
    ...conf.statusListen.map((address): [string, ListenAddress] => ["status_listen", address]),
  ];
  const problems: string[] = [];
  for (const [property, address] of wanted) {
    const problem = await probe(property, address);
    if (problem !== undefined) problems.push(problem);
  }
  if (problems.length > 0) throw new AggregateError(problems.map((problem) => new Error(problem)));
};

const readDeclarative = (conf: Conf): string | undefined => {
  if (conf.declarativeConfig === undefined) return conf.declarativeConfigString;
  const extension = path.extname(conf.declarativeConfig);
  if (![".yml", ".yaml", ".json"].includes(extension)) {
    throw new Error(
      `error parsing declarative config file ${conf.declarativeConfig}: unknown file type: '${extension}'`,
    );
  }
  try {
    return readFileSync(conf.declarativeConfig, "utf8");
  } catch (error) {
    throw new Error(
      `error parsing declarative config file ${conf.declarativeConfig}: ${(error as Error).message}`,
      { cause: error },
    );
  }
};

/** The runtime's main thread: it owns configuration, workers and the Admin API. */
export class Master {
  private readonly pool: WorkerPool;
  private readonly listeners: readonly AdminListener[];
  private readonly cluster: Cluster | undefined;
  private readonly logger: Logger;

  private constructor(
    pool: WorkerPool,
    listeners: readonly AdminListener[],
    cluster: Cluster | undefined,
    logger: Logger,
  ) {
    this.pool = pool;
    this.listeners = listeners;
    this.cluster = cluster;
    this.logger = logger;
  }

  /** @throws AggregateError with every problem, or Error with the only one. */
  static async open(conf: Conf): Promise<Master> {
    const logger = nodeLogger({
      level: conf.logLevel,
      format: conf.logFormat,
      file: conf.isDaemon ? conf.errorLog : undefined,
    });
    const plugins = await loadPlugins(conf);
    const configuration = new DeclarativeConfiguration({
      plugins,
      routerFlavor: conf.routerFlavor,
      clock: webClock,
      random: webRandom,
      certificates: nodeCertificates,
    });
    await refuseBusyPorts(conf);
    if (conf.accessLog !== undefined) mkdirSync(path.dirname(conf.accessLog), { recursive: true });
    const { entities, auto } = configuration.context;
    const opened = await openDatabase(conf, entities, logger);
    const declared = new DeclaredStore(entities, webClock);
    const database: Database = new Database({
      store: opened?.store ?? declared,
      entities,
      auto,
      // What is written is written: the next look brings it to the workers.
      onCommitted: async () =>
        cluster
          ?.sync()
          .catch((error: unknown) => logger.log("error", "a committed change is not served yet", { error })),
    });
    const id = nodeId(conf.prefix);
    const timers = new Schedule({
      timers: new WebTimers(logger),
      clock: webClock,
      random: webRandom,
      logger,
    });
    const feed = new Feed(database, logger);
    const cluster =
      opened && new Cluster({ opened, feed, conf, node: id, timers, random: webRandom, logger });
    await opened?.ready();
    await cluster?.begin();
    const tables = opened === undefined ? Master.initial(conf, configuration, declared) : await feed.load();
    const certificate: Certificate | undefined = [
      ...conf.proxyListen,
      ...conf.adminListen,
      ...conf.statusListen,
    ].some(({ ssl }) => ssl)
      ? await defaultCertificate(conf)
      : undefined;
    const ticketKeys = new Uint8Array(randomBytes(48));
    const zones = createZones(conf.memCacheBytes);
    const keeper = new ZoneKeeper(zones, timers);
    const facts = (worker: number): NodeFacts => ({ id, hostname: nodeHostname, pid: process.pid, worker });
    const pool = new WorkerPool({
      size: conf.workers,
      maxHeapMb: conf.workerMaxHeapMb,
      logger,
      module: workerModule,
      data: (number, heartbeat) => ({
        conf,
        node: facts(number),
        version,
        certificate,
        ticketKeys,
        heartbeat,
        zones,
        owner: keeper.claim(),
      }),
      onEnded: ({ owner }) => keeper.free(owner),
    });
    const shown = shownConf(conf.texts);
    const admin = new AdminListener(
      createAdmin({
        server: `sallyport/${version}`,
        clock: webClock,
        logger,
        plugins,
        database,
        ...(opened === undefined && { configuration: Master.control(configuration, declared, pool) }),
        ...(conf.adminToken !== undefined && { token: conf.adminToken }),
        node: () => ({
          version: kongVersion,
          sallyport: version,
          hostname: nodeHostname,
          nodeId: id,
          masterPid: process.pid,
          workerPids: pool.pids,
          plugins,
          properties: { ...shown, log_level: logger.level },
        }),
        counts: () => pool.count(),
        timers: () => timers.statistics,
        dicts: () => keeper.usage(),
        cache: cacheControl(zones, timers, logger),
        responses: responsesOf(zones, masterOwner),
        logLevel: new NodeLogLevel(conf.logLevel, (level) => {
          logger.level = level;
          pool.setLogLevel(level);
        }),
        health: {
          isHealthy: (upstream, host, port) => pool.isHealthy(upstream, host, port),
          mark: (upstream, host, port, isHealthy) => pool.tellHealth({ upstream, host, port, isHealthy }),
        },
      }),
      certificate,
    );
    const status = new AdminListener(
      createStatusApi({
        server: `sallyport/${version}`,
        clock: webClock,
        logger,
        database,
        ...(opened === undefined && { configuration }),
        counts: () => pool.count(),
        dicts: () => keeper.usage(),
      }),
      certificate,
    );
    const master = new Master(pool, [admin, status], cluster, logger);
    try {
      await pool.start(tables);
      feed.start(pool);
      await cluster?.start();
      for (const address of conf.adminListen) await admin.listen(address);
      for (const address of conf.statusListen) await status.listen(address);
    } catch (error) {
      await master.close();
      throw error;
    }
    master.announce(conf);
    return master;
  }

  private static initial(
    conf: Conf,
    configuration: DeclarativeConfiguration,
    declared: DeclaredStore,
  ): Tables {
    const text = readDeclarative(conf);
    if (text === undefined) return {};
    const loaded = configuration.read(text);
    if (loaded.ok) {
      configuration.accept(loaded);
      const tables = configuration.tables(loaded);
      declared.replaceAll(tables);
      return tables;
    }
    const source = conf.declarativeConfig ?? "declarative_config_string";
    throw new AggregateError([
      new Error(`error parsing declarative config file ${source}:`),
      ...configuration.describe(loaded).map((line) => new Error(`  ${line}`)),
    ]);
  }

  private static control(
    configuration: DeclarativeConfiguration,
    declared: DeclaredStore,
    pool: WorkerPool,
  ): ConfigurationControl {
    return {
      configuration,
      async apply(tables) {
        await pool.configure(tables);
        declared.replaceAll(tables);
      },
    };
  }

  private announce(conf: Conf): void {
    const say = (what: string, { host, port, ssl }: ListenAddress): void =>
      this.logger.log(
        "notice",
        `${what} on ${ssl ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}`,
      );
    for (const address of conf.proxyListen) say("proxy", address);
    for (const address of conf.adminListen) say("Admin API", address);
    for (const address of conf.statusListen) say("Status API", address);
    this.logger.log("notice", `sallyport ${version} serves with ${conf.workers} worker(s)`);
  }

  /** Stops accepting, lets requests end, stops the workers. Harmless when called again. */
  async close(): Promise<void> {
    await Promise.all(this.listeners.map((listener) => listener.close()));
    await this.pool.close(graceMs);
    await this.cluster?.close();
  }
}

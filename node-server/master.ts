import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { cryptoCertificates } from "../adapters/crypto/index.ts";
import { type NodeLogger, nodeLogger } from "../adapters/node/index.ts";
import { webClock, webRandom, webSubtle, WebTimers } from "../adapters/web/index.ts";
import { AdminListener } from "./admin.ts";
import { defaultCertificates } from "./certificate.ts";
import type { ListenAddress } from "./conf/listeners.ts";
import type { Conf } from "./conf/load.ts";
import { shownConf } from "./conf/shown.ts";
import {
  type ConfigurationControl,
  createAdmin,
  createStatusApi,
  Database,
  DatabaseRecords,
  DeclarativeConfiguration,
  DeclaredStore,
  derivingSource,
  type HealthSource,
  type NodeFacts,
  type NodeInformation,
  Schedule,
  type Tables,
} from "../core/index.ts";
import { Cluster } from "./cluster.ts";
import { openDatabase } from "./database.ts";
import { type Declared, initialTables } from "./declarative.ts";
import { Feed } from "./feed.ts";
import { Garbage } from "./garbage.ts";
import { NodeLogLevel } from "./loglevel.ts";
import { nodeHostname, nodeId } from "./node.ts";
import { moduleAt } from "./place.ts";
import { loadPlugins } from "./plugins.ts";
import { scriptsOf } from "./scripts.ts";
import { WorkerPool } from "./pool.ts";
import { kongVersion, version } from "./version.ts";
import type { NodeMemory } from "./memory.ts";
import { answerRecords } from "./records.ts";
import type { SocketCounts } from "./sockets.ts";
import type { SocketSource } from "./socketsource.ts";
import { cacheControl, masterOwner, responsesOf } from "./zones.ts";

const workerModule = moduleAt("node-server/worker");

/** What a master is given by the process that it lives in. */
export interface MasterResources {
  readonly sockets: SocketSource;
  readonly counts: SocketCounts;
  readonly memory: NodeMemory;
  /** What the master before served: begun with when there is neither a database nor a declarative file. */
  readonly declared: Declared | undefined;
  /** Another master serves: what can't be loaded is a reason to leave it at that. */
  readonly isReload: boolean;
  /** Told what is waited for; undefined to fail at once. */
  readonly onWaiting: ((reason: string) => void) | undefined;
}

/** The runtime's main thread: it owns configuration, workers and the Admin API. */
export class Master {
  private readonly pool: WorkerPool;
  private readonly listeners: readonly AdminListener[];
  private readonly cluster: Cluster | undefined;
  private readonly logger: NodeLogger;
  private readonly configuration: DeclarativeConfiguration | undefined;

  private constructor(
    pool: WorkerPool,
    listeners: readonly AdminListener[],
    cluster: Cluster | undefined,
    logger: NodeLogger,
    configuration: DeclarativeConfiguration | undefined,
  ) {
    this.configuration = configuration;
    this.pool = pool;
    this.listeners = listeners;
    this.cluster = cluster;
    this.logger = logger;
  }

  /** @throws AggregateError with every problem, or Error with the only one. */
  static async open(conf: Conf, resources: MasterResources): Promise<Master> {
    const { sockets, counts, memory } = resources;
    const { zones, keeper, ticketKeys } = memory;
    const logger = nodeLogger({
      level: conf.logLevel,
      format: conf.logFormat,
      file: conf.isDaemon ? conf.errorLog : undefined,
      repeats: conf.isTraced ? 0 : conf.logRepeats,
    });
    const plugins = await loadPlugins(
      conf,
      await scriptsOf(conf),
      // A reload has something to stay with.
      resources.isReload ? undefined : (problem) => logger.log("crit", problem),
    );
    const configuration = new DeclarativeConfiguration({
      plugins,
      routerFlavor: conf.routerFlavor,
      clock: webClock,
      random: webRandom,
      certificates: cryptoCertificates,
      md5: (text) => createHash("md5").update(text).digest("hex"),
    });
    for (const log of [conf.accessLog, conf.adminAccessLog, conf.statusAccessLog])
      if (log !== undefined) mkdirSync(path.dirname(log.file), { recursive: true });
    const { entities, auto } = configuration.context;
    const opened = await openDatabase(conf, entities, plugins, logger);
    const declared = new DeclaredStore(entities, webClock);
    const databaseOptions = {
      entities,
      auto: derivingSource(auto, webSubtle),
      // What is written is written: the next look brings it to the workers.
      onCommitted: async () =>
        cluster
          ?.sync()
          .catch((error: unknown) => logger.log("error", "a committed change is not served yet", { error })),
    };
    const database = new Database({ ...databaseOptions, store: opened?.store ?? declared });
    /** What the Admin API shows may come from a copy; what workers serve never does. */
    const shownDatabase =
      opened === undefined
        ? database
        : new Database({ ...databaseOptions, store: opened.store, reader: opened.reader });
    const records = new DatabaseRecords(database, opened !== undefined);
    const id = conf.nodeId ?? nodeId(conf.prefix);
    const timers = new Schedule({
      timers: new WebTimers(logger),
      clock: webClock,
      random: webRandom,
      logger,
    });
    const feed = new Feed(database, logger);
    const cluster =
      opened && new Cluster({ opened, feed, conf, node: id, timers, random: webRandom, logger });
    await opened?.ready(resources.onWaiting);
    await cluster?.begin();
    const load = (): Tables | Promise<Tables> =>
      opened === undefined ? initialTables(conf, configuration, declared, resources.declared) : feed.load();
    const certificates = await defaultCertificates(conf, "proxy");
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
        certificates,
        ticketKeys,
        heartbeat,
        zones,
        owner: keeper.claim(),
      }),
      record: (call) => answerRecords(records, call),
      onEnded: ({ owner }) => keeper.free(owner),
      sockets: (number) => sockets.take(conf.proxyListen, counts, number, conf.workers),
    });
    const shown = shownConf(conf.texts);
    const node = (): NodeInformation => ({
      version: kongVersion,
      sallyport: version,
      hostname: nodeHostname,
      nodeId: id,
      masterPid: process.pid,
      workerPids: pool.pids,
      plugins,
      properties: { ...shown, log_level: logger.level },
    });
    const health: HealthSource = {
      state: (upstream) => pool.inspect(upstream),
      mark: (upstream, host, port, isHealthy) => pool.tellHealth({ upstream, host, port, isHealthy }),
    };
    const admin = new AdminListener(
      createAdmin({
        server: `sallyport/${version}`,
        clock: webClock,
        logger,
        plugins,
        database: shownDatabase,
        ...(opened === undefined && { configuration: Master.control(configuration, declared, pool) }),
        ...(conf.adminToken !== undefined && { token: conf.adminToken }),
        node,
        counts: () => pool.count(),
        timers: () => timers.statistics,
        dicts: () => keeper.usage(),
        cache: cacheControl(zones, timers, logger),
        responses: responsesOf(zones, masterOwner),
        ask: (plugin, question) => pool.ask(plugin, question),
        logLevel: new NodeLogLevel(conf.logLevel, (level) => {
          logger.level = level;
          pool.setLogLevel(level);
        }),
        health,
        dns: () => pool.countDns(),
      }),
      {
        certificates: await defaultCertificates(conf, "admin"),
        tls: conf.tls,
        maxBodyBytes: conf.adminMaxBodyBytes,
        accessLog: conf.adminAccessLog,
        hasLatency: conf.response.adminLatency,
      },
    );
    const status = new AdminListener(
      createStatusApi({
        server: `sallyport/${version}`,
        clock: webClock,
        logger,
        database,
        node,
        health,
        ...(opened === undefined && { configuration }),
        counts: () => pool.count(),
        dicts: () => keeper.usage(),
        dns: () => pool.countDns(),
      }),
      {
        certificates: await defaultCertificates(conf, "status"),
        tls: conf.tls,
        maxBodyBytes: conf.adminMaxBodyBytes,
        accessLog: conf.statusAccessLog,
        hasLatency: conf.response.adminLatency,
      },
    );
    const master = new Master(
      pool,
      [admin, status],
      cluster,
      logger,
      opened === undefined ? configuration : undefined,
    );
    try {
      await pool.start(load);
      feed.start(pool);
      await cluster?.start();
      for (const socket of await sockets.take(conf.adminListen, counts, 0, 1))
        await admin.listen(socket, conf.adminListen[socket.address]!);
      for (const socket of await sockets.take(conf.statusListen, counts, 0, 1))
        await status.listen(socket, conf.statusListen[socket.address]!);
    } catch (error) {
      await master.close(0);
      throw error;
    }
    master.announce(conf);
    return master;
  }

  private static control(
    configuration: DeclarativeConfiguration,
    declared: DeclaredStore,
    pool: WorkerPool,
  ): ConfigurationControl {
    const garbage = new Garbage();
    return {
      configuration,
      async apply(tables) {
        await pool.configure(tables);
        declared.replaceAll(tables);
        garbage.add();
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

  /** What is served, when no database keeps it. */
  get declared(): Declared | undefined {
    return this.configuration?.current;
  }

  /** Goes on in new log files. */
  reopenLogs(): void {
    for (const listener of this.listeners) listener.reopenLog();
    this.logger.reopen();
    this.pool.reopenLogs();
  }

  /**
   * Stops accepting, lets requests end, stops the workers. Can be called again with less grace.
   *
   * @param graceMs Milliseconds that requests under way have.
   */
  async close(graceMs: number): Promise<void> {
    await Promise.all(this.listeners.map((listener) => listener.close()));
    await this.pool.close(graceMs);
    await this.cluster?.close();
  }
}

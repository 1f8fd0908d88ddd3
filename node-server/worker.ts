import { parentPort, threadId, workerData } from "node:worker_threads";
import { setTimeout as after } from "node:timers/promises";
import {
  AccessLog,
  type AccessRecord,
  adoptServer,
  CertificateStore,
  type Listener,
  newCounters,
  nodeLogger,
  nodeDialer,
  LoggerCommand,
  NodeLineFiles,
  NodeSockets,
  NodeTransport,
  NodeEnvironment,
  ProxyFetcher,
} from "../adapters/node/index.ts";
import { AcmeClient } from "../adapters/acme/index.ts";
import { LdapBinder } from "../adapters/ldap/index.ts";
import { ProtoFiles } from "../adapters/protobuf/index.ts";
import { RedisKeyValue } from "../adapters/redis/index.ts";
import { webClock, WebFetcher, webRandom, webSubtle, WebTimers } from "../adapters/web/index.ts";
import {
  changedTables,
  createGateway,
  type Exchange,
  type Gateway,
  type RowChange,
  Schedule,
  secretOf,
  type Tables,
  type TracedHandler,
  type VaultRow,
} from "../core/index.ts";
import { Garbage } from "./garbage.ts";
import { proxyOptionsOf } from "./proxyoptions.ts";
import { tlsTerms } from "./tlsterms.ts";
import { serverCertificates } from "./sni.ts";
import { countingOf } from "./counting.ts";
import { openDns } from "./dns.ts";
import { loadPlugins } from "./plugins.ts";
import { scriptsOf } from "./scripts.ts";
import { RemoteRecords } from "./records.ts";
import type { FromWorker, ToWorker, WorkerData } from "./messages.ts";
import { boardOf, countersOf, keptOf, responsesOf, sharingOf } from "./zones.ts";

const { conf, node, version, heartbeat, ticketKeys, zones, owner } = workerData as WorkerData;
const port = parentPort!;
const tell = (message: FromWorker): void => port.postMessage(message);

const logger = nodeLogger({
  level: conf.logLevel,
  format: conf.logFormat,
  file: conf.isDaemon ? conf.errorLog : undefined,
  repeats: conf.isTraced ? 0 : conf.logRepeats,
}).child({ worker: node.worker });

const counters = newCounters();
const timers = new WebTimers(logger);
const sharing = sharingOf(zones, owner, timers);
const schedule = new Schedule({ timers, clock: webClock, random: webRandom, logger, lock: sharing.lock });
const files = new NodeLineFiles();
const systemLog = new LoggerCommand(logger, webClock);
const records = new RemoteRecords(conf.database !== "off", (id, call) => tell({ type: "record", id, call }));
const listeners: Listener[] = [];
let prepared: { version: number; swap: () => void } | undefined;

const beat = setInterval(() => Atomics.add(heartbeat, 0, 1), 1_000);

const log =
  conf.accessLog === undefined
    ? undefined
    : new AccessLog(conf.accessLog.file, { format: conf.accessLog.format });

/** The environment, for references to secrets; nothing of it when the vault is off. */
const variables = (name: string): string | undefined => (conf.isEnvVaultOn ? process.env[name] : undefined);

/** An exchange as the access log tells it. */
const accessRecord = ({ id, request, response, startedAtMs, sentBytes }: Exchange): AccessRecord => ({
  remoteAddress: request.peerAddress,
  remoteUser: undefined,
  receivedAtMs: startedAtMs,
  method: request.method,
  target: request.target,
  httpVersion: request.httpVersion,
  status: response.status,
  bodyBytesSent: sentBytes,
  referer: request.headers.get("referer"),
  userAgent: request.headers.get("user-agent"),
  requestId: id,
});

/** A finished request on one line: what it was, where it went, what each plugin took. */
const showRequest = (exchange: Exchange, handlers: readonly TracedHandler[]): void => {
  const { request, response, route, service, startedAtMs, upstreamLatencyMs } = exchange;
  const took = (ms: number): string => `${ms.toFixed(1)} ms`;
  const parts = [
    `${request.method} ${request.target}`,
    String(response.status),
    took(webClock.nowMs() - startedAtMs),
    `route=${route === undefined ? "none" : (route.name ?? route.id)}`,
    ...(service === undefined ? [] : [`service=${service.name ?? service.id}`]),
    ...handlers.map(({ plugin, phase, ms }) => `${plugin}.${phase}=${took(ms)}`),
    ...(upstreamLatencyMs < 0 ? [] : [`upstream=${took(upstreamLatencyMs)}`]),
  ];
  logger.log("notice", parts.join("  "));
};

const defaults = (workerData as WorkerData).certificates;
const certificates =
  defaults.length === 0
    ? undefined
    : new CertificateStore(
        { names: ["*"], pairs: defaults.map(({ cert, key }) => ({ chain: cert, key })) },
        { ...tlsTerms(conf.tls), ticketKeys: Buffer.from(ticketKeys) },
      );

const openGateway = async (): Promise<Gateway> => {
  const scripts = await scriptsOf(conf);
  const plugins = await loadPlugins(conf, scripts, (problem) => logger.log("crit", problem));
  const transport = new NodeTransport({ pool: conf.pool });
  const { counting, purge } = countingOf(conf, logger);
  schedule.every(60_000, "counters of limits that are over", purge);
  return createGateway(
    {
      clock: webClock,
      random: webRandom,
      logger,
      timers: schedule,
      transport,
      counters: countersOf(zones, owner),
      counting,
      responses: responsesOf(zones, owner),
      kept: keptOf(zones, owner),
      redis: (server, scanCount) =>
        new RedisKeyValue(
          server,
          (error) => logger.log("error", "the connection to Redis broke", { error }),
          scanCount,
        ),
      acme: new AcmeClient(),
      certificates,
      records,
      sockets: new NodeSockets(),
      ldap: new LdapBinder(),
      systemLog,
      protos: new ProtoFiles([conf.prefix]),
      board: boardOf(zones, owner),
      dns: openDns(conf.dns, logger),
      dialer: nodeDialer,
      sharing,
      subtle: webSubtle,
      fetcher: new ProxyFetcher(new WebFetcher()),
      environment: new NodeEnvironment(process.env),
      files,
      scripts,
    },
    {
      version,
      plugins,
      node,
      routerFlavor: conf.routerFlavor,
      tracing: conf.tracing,
      proxy: proxyOptionsOf(conf, version),
      secrets: { variables, prefix: conf.vaultEnvPrefix },
      startsBroken: true,
      isProber: node.worker === 0,
      onHealthChange: (change) => tell({ type: "health", change }),
      ...(conf.isTraced && { onTraced: showRequest }),
      ...(log && { onFinished: (exchange: Exchange) => log.write(accessRecord(exchange)) }),
    },
  );
};

const openListeners = (gateway: Gateway, { servers }: Extract<ToWorker, { type: "listen" }>): void => {
  for (const { server, address } of servers) {
    listeners.push(
      adoptServer(server, conf.proxyListen[address]!, gateway, {
        counters,
        limits: conf.limits,
        ...(certificates && { certificates }),
        onServerName: (name) => gateway.certificate(name),
      }),
    );
  }
  tell({ type: "listening" });
};

const drain = async (graceMs: number): Promise<void> => {
  await Promise.race([Promise.all(listeners.map((listener) => listener.close({ graceMs }))), after(graceMs)]);
  clearInterval(beat);
  await log?.close();
  // A log that takes nothing keeps no worker.
  await Promise.race([systemLog.close(), after(1_000)]);
  process.exit(0);
};

/** What a reference stands for; nothing when it leads nowhere. */
const secretIn = ({ vaults = {} }: Tables, reference: string): string =>
  secretOf(reference, Object.values(vaults) as unknown as VaultRow[], variables, conf.vaultEnvPrefix) ?? "";

const garbage = new Garbage();

/** The certificates that are shown, and their names. */
let shown: Tables = {};

/** Compiles a configuration; what is returned swaps it in. */
const prepare = (gateway: Gateway, tables: Tables): (() => void) => {
  // The first one replaces nothing: of 100,000 routes a collection takes 0.7 s, and the first request would wait for it.
  const replaces = gateway.version > 0;
  const swap = gateway.prepare(tables);
  const { certificates: rows = {}, snis = {}, vaults = {} } = tables;
  const next = { certificates: rows, snis, vaults };
  const list = serverCertificates(next, (reference) => secretIn(next, reference));
  return () => {
    swap();
    shown = next;
    certificates?.replace(list);
    // It pauses this thread, for less time than the compilation did.
    if (replaces) garbage.add();
  };
};

/** The same for some rows. */
const prepareChanges = (gateway: Gateway, changes: readonly RowChange[]): (() => void) => {
  const swap = gateway.prepareChanges(changes);
  const touching = changes.filter(({ table }) => ["certificates", "snis", "vaults"].includes(table));
  if (touching.length === 0) return swap;
  const next = changedTables(shown, touching);
  const list = serverCertificates(next, (reference) => secretIn(next, reference));
  return () => {
    swap();
    shown = next;
    certificates?.replace(list);
  };
};

const serve = (gateway: Gateway) => (message: ToWorker) => {
  switch (message.type) {
    case "prepare":
    case "change":
      try {
        const swap =
          message.type === "prepare"
            ? prepare(gateway, JSON.parse(message.tables) as Tables)
            : prepareChanges(gateway, message.changes);
        prepared = { version: message.version, swap };
        tell({ type: "prepared", version: message.version, problem: undefined });
      } catch (error) {
        tell({ type: "prepared", version: message.version, problem: String(error) });
      }
      return;
    case "commit":
      if (prepared?.version === message.version) prepared.swap();
      prepared = undefined;
      tell({ type: "committed", version: message.version });
      return;
    case "listen":
      try {
        openListeners(gateway, message);
      } catch (error) {
        tell({ type: "failed", problem: String(error) });
      }
      return;
    case "count":
      tell({
        type: "counted",
        counts: {
          pid: threadId,
          connectionsActive: counters.active,
          connectionsOpen: counters.open,
          connectionsAccepted: counters.accepted,
          requests: counters.requests,
          heapBytes: process.memoryUsage().heapUsed,
          metrics: gateway.metrics(),
          timers: schedule.statistics,
        },
      });
      return;
    case "inspect":
      gateway.upstreamState(message.upstream).then(
        (state) => tell({ type: "inspected", state }),
        (error: unknown) => {
          logger.log("error", `the state of upstream ${message.upstream} is not known`, { error });
          tell({ type: "inspected", state: undefined });
        },
      );
      return;
    case "ask":
      gateway.ask(message.plugin, message.question).then(
        (answer) => tell({ type: "asked", id: message.id, answer }),
        (error: unknown) => {
          logger.log("error", `${message.plugin} can't answer the Admin API`, { error });
          const answer = { status: 500, body: { message: "An unexpected error occurred" } };
          tell({ type: "asked", id: message.id, answer });
        },
      );
      return;
    case "countDns":
      tell({ type: "countedDns", statistics: gateway.dnsStatistics() });
      return;
    case "record":
      records.settle(message.id, message.answer);
      return;
    case "health":
      gateway.setHealth(message.change);
      return;
    case "reopen":
      logger.reopen();
      log?.reopen();
      files.reopen();
      return;
    case "log_level":
      logger.level = message.level;
      return;
    case "drain":
      void drain(message.graceMs);
  }
};

const gateway = await openGateway();
port.on("message", serve(gateway));
tell({ type: "booted" });

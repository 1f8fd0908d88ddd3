import { parentPort, threadId, workerData } from "node:worker_threads";
import { setTimeout as after } from "node:timers/promises";
import {
  AccessLog,
  type AccessRecord,
  CertificateStore,
  listen,
  type Listener,
  newCounters,
  nodeLogger,
  NodeLineFiles,
  NodeSockets,
  NodeTransport,
} from "../adapters/node/index.ts";
import { webClock, WebFetcher, webRandom, webSubtle, WebTimers } from "../adapters/web/index.ts";
import {
  addressSet,
  changedTables,
  createGateway,
  type Exchange,
  type Gateway,
  type RowChange,
  Schedule,
  type Tables,
} from "../core/index.ts";
import { serverCertificates } from "./sni.ts";
import { countingOf } from "./counting.ts";
import { loadPlugins } from "./plugins.ts";
import type { FromWorker, ToWorker, WorkerData } from "./messages.ts";
import { countersOf, responsesOf, sharingOf } from "./zones.ts";

const { conf, node, version, heartbeat, certificate, ticketKeys, zones, owner } = workerData as WorkerData;
const port = parentPort!;
const tell = (message: FromWorker): void => port.postMessage(message);

const logger = nodeLogger({
  level: conf.logLevel,
  format: conf.logFormat,
  file: conf.isDaemon ? conf.errorLog : undefined,
}).child({ worker: node.worker });

const counters = newCounters();
const schedule = new Schedule({
  timers: new WebTimers(logger),
  clock: webClock,
  random: webRandom,
  logger,
});
const listeners: Listener[] = [];
let prepared: { version: number; swap: () => void } | undefined;

const beat = setInterval(() => Atomics.add(heartbeat, 0, 1), 1_000);

const log = conf.accessLog === undefined ? undefined : new AccessLog(conf.accessLog);

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

const openGateway = async (): Promise<Gateway> => {
  const plugins = await loadPlugins(conf);
  const transport = new NodeTransport();
  const { counting, purge } = await countingOf(conf, logger);
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
      sharing: sharingOf(zones, owner, schedule),
      subtle: webSubtle,
      fetcher: new WebFetcher(),
      files: new NodeLineFiles(),
      sockets: new NodeSockets(),
    },
    {
      version,
      plugins,
      node,
      routerFlavor: conf.routerFlavor,
      tracing: conf.tracing,
      proxy: { isTrusted: addressSet(conf.trustedIps) },
      isProber: node.worker === 0,
      onHealthChange: (change) => tell({ type: "health", change }),
      ...(log && { onFinished: (exchange: Exchange) => log.write(accessRecord(exchange)) }),
    },
  );
};

const certificates =
  certificate === undefined
    ? undefined
    : new CertificateStore(
        { names: ["*"], pairs: [{ chain: certificate.cert, key: certificate.key }] },
        { ticketKeys: Buffer.from(ticketKeys) },
      );

const openListeners = async (gateway: Gateway): Promise<void> => {
  for (const address of conf.proxyListen) {
    listeners.push(
      await listen({ ...address, reusePort: true, backlog: address.backlog ?? 16_384 }, gateway, {
        counters,
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
  process.exit(0);
};

/** The certificates that are shown, and their names. */
let shown: Tables = {};

/** Compiles a configuration; what is returned swaps it in. */
const prepare = (gateway: Gateway, tables: Tables): (() => void) => {
  const swap = gateway.prepare(tables);
  const next = { certificates: tables["certificates"] ?? {}, snis: tables["snis"] ?? {} };
  const list = serverCertificates(next);
  return () => {
    swap();
    shown = next;
    certificates?.replace(list);
  };
};

/** The same for some rows. */
const prepareChanges = (gateway: Gateway, changes: readonly RowChange[]): (() => void) => {
  const swap = gateway.prepareChanges(changes);
  const touching = changes.filter(({ table }) => table === "certificates" || table === "snis");
  if (touching.length === 0) return swap;
  const next = changedTables(shown, touching);
  const list = serverCertificates(next);
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
            ? prepare(gateway, message.tables)
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
      openListeners(gateway).catch((error: unknown) => tell({ type: "failed", problem: String(error) }));
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
    case "health":
      gateway.setHealth(message.change);
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

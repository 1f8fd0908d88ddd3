import { parentPort, threadId, workerData } from "node:worker_threads";
import { setTimeout as after } from "node:timers/promises";
import { listen, type Listener, newCounters, nodeLogger, NodeTransport } from "../adapters/node/index.ts";
import { webClock, webRandom, WebTimers } from "../adapters/web/index.ts";
import { createGateway, type Gateway } from "../core/index.ts";
import { loadPlugins } from "./plugins.ts";
import type { FromWorker, ToWorker, WorkerData } from "./messages.ts";

const { conf, node, version, heartbeat } = workerData as WorkerData;
const port = parentPort!;
const tell = (message: FromWorker): void => port.postMessage(message);

const logger = nodeLogger({
  level: conf.logLevel,
  format: conf.logFormat,
  file: conf.isDaemon ? conf.errorLog : undefined,
}).child({ worker: node.worker });

const counters = newCounters();
const listeners: Listener[] = [];
let prepared: { version: number; swap: () => void } | undefined;

const beat = setInterval(() => Atomics.add(heartbeat, 0, 1), 1_000);

const openGateway = async (): Promise<Gateway> => {
  const plugins = await loadPlugins(conf.plugins);
  const transport = new NodeTransport();
  return createGateway(
    { clock: webClock, random: webRandom, logger, timers: new WebTimers(logger), transport },
    {
      version,
      plugins,
      node,
      routerFlavor: conf.routerFlavor,
    },
  );
};

const openListeners = async (gateway: Gateway): Promise<void> => {
  for (const address of conf.proxyListen) {
    listeners.push(
      await listen(
        { host: address.host, port: address.port, reusePort: true, backlog: address.backlog ?? 16_384 },
        gateway,
        { counters },
      ),
    );
  }
  tell({ type: "listening" });
};

const drain = async (graceMs: number): Promise<void> => {
  await Promise.race([Promise.all(listeners.map((listener) => listener.close({ graceMs }))), after(graceMs)]);
  clearInterval(beat);
  process.exit(0);
};

const serve = (gateway: Gateway) => (message: ToWorker) => {
  switch (message.type) {
    case "prepare":
      try {
        prepared = { version: message.version, swap: gateway.prepare(message.tables) };
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
        },
      });
      return;
    case "drain":
      void drain(message.graceMs);
  }
};

const gateway = await openGateway();
port.on("message", serve(gateway));
tell({ type: "booted" });

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { webClock, webRandom } from "../../adapters/web/index.ts";
import { startWorkers, store } from "./workerd.ts";
import { bundledPlugins, DeclarativeConfiguration, type EventLog } from "../../core/index.ts";

const root = path.resolve(import.meta.dirname, "../..");

export interface Edge {
  readonly port: number;
  close(): Promise<void>;
}

const quiet = {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
};

/** The modules of a deployed Worker. @param entry `wrangler.toml`, `wrangler.control.toml`, or a module of test/workerd. */
export const edgeModules = (entry = "wrangler.toml"): Record<string, { type: "esm"; contents: string }> => {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-edge-"));
  const wrangler = path.join(root, "node_modules/wrangler/bin/wrangler.js");
  const isModule = entry.endsWith(".ts");
  const main = isModule ? [entry, "--config", "test/workerd/wrangler.toml"] : ["--config", entry];
  execFileSync(process.execPath, [wrangler, "deploy", ...main, "--dry-run", "--outdir", folder], {
    cwd: root,
    env: { ...process.env, ...quiet },
    stdio: "pipe",
  });
  const file = isModule ? path.basename(entry).replace(/\.ts$/, ".js") : "index.js";
  const module = readFileSync(path.join(folder, file), "utf8");
  rmSync(folder, { recursive: true, force: true });
  return { "index.js": { type: "esm", contents: module } };
};

export interface EdgePair {
  /** Where two Workers, each with an isolate of its own, are reached. */
  readonly ports: readonly [number, number];
  /** Publishes a configuration without telling of it, as KV alone would have it. */
  publish(version: string, document: Record<string, unknown>): Promise<void>;
  /** The event log that both share. */
  readonly log: EventLog;
  /** Where the Admin API is, closed to all who don't show `adminToken`. */
  readonly adminPort: number;
  close(): Promise<void>;
}

export const adminToken = "an Admin API token";
const control = "sallyport-control";

/** A declarative document as it is published: its rows. */
export const tablesText = (document: Record<string, unknown>): string => {
  const configuration = new DeclarativeConfiguration({
    plugins: bundledPlugins,
    routerFlavor: "traditional_compatible",
    clock: webClock,
    random: webRandom,
  });
  const loaded = configuration.read({ _format_version: "3.0", ...document });
  if (!loaded.ok) throw new Error(configuration.tree(loaded));
  return JSON.stringify(configuration.tables(loaded));
};

const start = async (workers: readonly string[], env: Readonly<Record<string, string>>, isHeld = false) => {
  const modules = edgeModules();
  const [first] = workers;
  const kvBinding = { type: "kv", id: "sallyport-config" };
  const variables = Object.fromEntries(
    Object.entries({ LOG_LEVEL: "emerg", ...env }).map(([key, value]) => [key, { type: "json", value }]),
  );
  const objects = {
    CONTROL: { type: "durable-object", worker: control, exportName: "ControlPlane" },
    EVENTS: { type: "durable-object", worker: control, exportName: "EventLogObject" },
  };
  const controlPlane = {
    name: control,
    modules: edgeModules("wrangler.control.toml"),
    env: {
      CONFIG: kvBinding,
      ...objects,
      ADMIN_TOKEN: { type: "json", value: adminToken },
      ...variables,
    },
    exports: { ControlPlane: store, EventLogObject: store },
  };
  const miniflare = await startWorkers([
    ...workers.map((name) => ({
      name,
      modules,
      env: {
        CONFIG: kvBinding,
        ...objects,
        ADMIN: { type: "worker", worker: control },
        DICT: { type: "durable-object", worker: first, exportName: "DictShard" },
        HEALTH: { type: "durable-object", worker: first, exportName: "HealthChecks" },
        ...(isHeld && {
          UPSTREAMS: { type: "durable-object", worker: first, exportName: "UpstreamConnections" },
        }),
        ...variables,
      },
      exports: { DictShard: store, HealthChecks: store, UpstreamConnections: store },
    })),
    controlPlane,
  ]);
  const kv = await miniflare.getKVNamespace("CONFIG");
  const publish = async (version: string, document: Record<string, unknown>): Promise<void> => {
    const text = tablesText(document);
    await kv.put(`snap:${version}`, text);
    await kv.put("current", text, { metadata: { version } });
  };
  const portOf = async (name: string) => Number((await miniflare.unsafeGetDirectURL(name)).port);
  const ports = await Promise.all(workers.map(portOf));
  return { miniflare, publish, ports, adminPort: await portOf(control) };
};

/**
 * The deployed Worker in the real runtime, reached directly, with a configuration in KV.
 *
 * @param isHeld Whether objects hold its connections to upstreams.
 */
export const startEdge = async (
  document: Record<string, unknown>,
  env: Readonly<Record<string, string>> = {},
  isHeld = false,
): Promise<Edge> => {
  const { miniflare, publish, ports } = await start(["sallyport"], env, isHeld);
  await publish("1", document);
  return { port: ports[0]!, close: () => miniflare.dispose() };
};

/** The same twice, sharing KV and the event log. @param env Variables of the Worker. */
export const startEdgePair = async (env: Readonly<Record<string, string>>): Promise<EdgePair> => {
  const { miniflare, publish, ports, adminPort } = await start(["one", "other"], env);
  const objects = (await miniflare.getDurableObjectNamespace("EVENTS", control)) as unknown as {
    idFromName(name: string): unknown;
    get(id: unknown): EventLog;
  };
  const log = objects.get(objects.idFromName("events"));
  return {
    ports: ports as [number, number],
    adminPort,
    publish,
    log: {
      append: (events) => log.append(events),
      head: () => log.head(),
      since: (...where) => log.since(...where),
      prune: () => log.prune(),
    },
    close: () => miniflare.dispose(),
  };
};

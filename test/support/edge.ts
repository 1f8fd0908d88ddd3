import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Miniflare } from "miniflare";
import type { EventLog } from "../../core/index.ts";

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

/** The modules of the deployed Worker. @param entry In its place: a module of test/workerd. */
export const edgeModules = (entry?: string): Record<string, { type: "esm"; contents: string }> => {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-edge-"));
  const wrangler = path.join(root, "node_modules/wrangler/bin/wrangler.js");
  const main = entry === undefined ? [] : [entry, "--config", "test/workerd/wrangler.toml"];
  execFileSync(process.execPath, [wrangler, "deploy", ...main, "--dry-run", "--outdir", folder], {
    cwd: root,
    env: { ...process.env, ...quiet },
    stdio: "pipe",
  });
  const file = entry === undefined ? "index.js" : path.basename(entry).replace(/\.ts$/, ".js");
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
  close(): Promise<void>;
}

const start = async (workers: readonly string[], env: Readonly<Record<string, string>>) => {
  const modules = edgeModules();
  const [first] = workers;
  const miniflare = new Miniflare({
    cf: false,
    telemetry: { enabled: false },
    enableDevRegistry: false,
    workers: workers.map((name) => ({
      dev: { unsafeDirectSockets: [{ port: 0, host: "127.0.0.1" }] },
      config: {
        name,
        compatibilityDate: "2026-11-01",
        manifest: { mainModule: "index.js", modules },
        env: {
          CONFIG: { type: "kv", id: "sallyport-config" },
          DICT: { type: "durable-object", worker: first, exportName: "DictShard" },
          EVENTS: { type: "durable-object", worker: first, exportName: "EventLogObject" },
          HEALTH: { type: "durable-object", worker: first, exportName: "HealthChecks" },
          LOG_LEVEL: { type: "json", value: "emerg" },
          ...Object.fromEntries(Object.entries(env).map(([key, value]) => [key, { type: "json", value }])),
        },
        exports: {
          DictShard: { type: "durable-object", storage: "sqlite" },
          HealthChecks: { type: "durable-object", storage: "sqlite" },
          EventLogObject: { type: "durable-object", storage: "sqlite" },
        },
      },
    })),
  } as unknown as ConstructorParameters<typeof Miniflare>[0]);
  await miniflare.ready;
  const kv = await miniflare.getKVNamespace("CONFIG");
  const publish = async (version: string, document: Record<string, unknown>): Promise<void> => {
    await kv.put(`snap:${version}`, JSON.stringify({ _format_version: "3.0", ...document }));
    await kv.put("current", version);
  };
  const ports = await Promise.all(
    workers.map(async (name) => Number((await miniflare.unsafeGetDirectURL(name)).port)),
  );
  return { miniflare, publish, ports };
};

/** The deployed Worker in the real runtime, reached directly, with a configuration in KV. */
export const startEdge = async (
  document: Record<string, unknown>,
  env: Readonly<Record<string, string>> = {},
): Promise<Edge> => {
  const { miniflare, publish, ports } = await start(["sallyport"], env);
  await publish("1", document);
  return { port: ports[0]!, close: () => miniflare.dispose() };
};

/** The same twice, sharing KV and the event log. @param env Variables of the Worker. */
export const startEdgePair = async (env: Readonly<Record<string, string>>): Promise<EdgePair> => {
  const { miniflare, publish, ports } = await start(["one", "other"], env);
  const objects = (await miniflare.getDurableObjectNamespace("EVENTS", "one")) as unknown as {
    idFromName(name: string): unknown;
    get(id: unknown): EventLog;
  };
  const log = objects.get(objects.idFromName("events"));
  return {
    ports: ports as [number, number],
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

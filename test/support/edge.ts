import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Miniflare } from "miniflare";

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

/** The modules of the deployed Worker. @param entry In its place: a module below the repository's root. */
export const edgeModules = (entry?: string): Record<string, { type: "esm"; contents: string }> => {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-edge-"));
  const wrangler = path.join(root, "node_modules/wrangler/bin/wrangler.js");
  const main = entry === undefined ? [] : [entry];
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

/** The deployed Worker in the real runtime, reached directly, with a configuration in KV. */
export const startEdge = async (document: Record<string, unknown>): Promise<Edge> => {
  const miniflare = new Miniflare({
    cf: false,
    telemetry: { enabled: false },
    enableDevRegistry: false,
    workers: [
      {
        dev: { unsafeDirectSockets: [{ port: 0, host: "127.0.0.1" }] },
        config: {
          name: "sallyport",
          compatibilityDate: "2026-11-01",
          manifest: { mainModule: "index.js", modules: edgeModules() },
          exports: { DictShard: { type: "durable-object", storage: "sqlite" } },
          env: {
            CONFIG: { type: "kv", id: "sallyport-config" },
            DICT: { type: "durable-object", worker: "sallyport", exportName: "DictShard" },
            LOG_LEVEL: { type: "json", value: "emerg" },
          },
        },
      },
    ],
  } as unknown as ConstructorParameters<typeof Miniflare>[0]);
  await miniflare.ready;
  const kv = await miniflare.getKVNamespace("CONFIG");
  await kv.put("snap:1", JSON.stringify({ _format_version: "3.0", ...document }));
  await kv.put("current", "1");
  const url = await miniflare.unsafeGetDirectURL("sallyport");
  return { port: Number(url.port), close: () => miniflare.dispose() };
};

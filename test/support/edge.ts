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

/** The modules of the deployed Worker. */
export const edgeModules = (): Record<string, { type: "esm"; contents: string }> => {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-edge-"));
  const wrangler = path.join(root, "node_modules/wrangler/bin/wrangler.js");
  execFileSync(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", folder], {
    cwd: root,
    env: { ...process.env, ...quiet },
    stdio: "pipe",
  });
  const module = readFileSync(path.join(folder, "index.js"), "utf8");
  rmSync(folder, { recursive: true, force: true });
  return { "index.js": { type: "esm", contents: module } };
};

/** The deployed Worker in the real runtime, reached directly, with a configuration in KV. */
export const startEdge = async (
  document: Record<string, unknown>,
  variables: Readonly<Record<string, string>> = {},
): Promise<Edge> => {
  const miniflare = new Miniflare({
    cf: false,
    telemetry: { enabled: false },
    enableDevRegistry: false,
    workers: [
      {
        dev: { unsafeDirectSockets: [{ port: 0, host: "127.0.0.1" }] },
        config: {
          name: "sallyport",
          exports: { HealthChecks: { type: "durable-object", storage: "sqlite" } },
          compatibilityDate: "2026-11-01",
          manifest: { mainModule: "index.js", modules: edgeModules() },
          env: {
            CONFIG: { type: "kv", id: "sallyport-config" },
            HEALTH: { type: "durable-object", worker: "sallyport", exportName: "HealthChecks" },
            LOG_LEVEL: { type: "json", value: "emerg" },
            ...Object.fromEntries(
              Object.entries(variables).map(([name, value]) => [name, { type: "json", value }]),
            ),
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

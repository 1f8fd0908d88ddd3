import { Miniflare } from "miniflare";
import { edgeModules } from "../support/edge.ts";
import { load, median, pin, processTree } from "./process.ts";
import { readFileSync } from "node:fs";

/** A Worker that does nothing but pass the request on: what the platform itself costs. */
const bare = (upstreamPort: number): string => `
export default {
  fetch(request) {
    const url = new URL(request.url);
    return fetch("http://127.0.0.1:${upstreamPort}" + url.pathname + url.search, request);
  },
};`;

const options = (modules: Record<string, { type: string; contents: string }>) => ({
  cf: false,
  telemetry: { enabled: false },
  enableDevRegistry: false,
  workers: [
    {
      dev: { unsafeDirectSockets: [{ port: 0, host: "127.0.0.1" }] },
      config: {
        name: "sallyport",
        compatibilityDate: "2026-11-01",
        manifest: { mainModule: "index.js", modules },
        env: { CONFIG: { type: "kv", id: "bench" }, LOG_LEVEL: { type: "json", value: "error" } },
      },
    },
  ],
});

const start = async (modules: Parameters<typeof options>[0]): Promise<Miniflare> => {
  const miniflare = new Miniflare(options(modules) as unknown as ConstructorParameters<typeof Miniflare>[0]);
  await miniflare.ready;
  return miniflare;
};

/** The workerd processes of this one, by the order in which they were started. */
const workerds = (): number[] =>
  processTree(process.pid).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("workerd");
    } catch {
      return false;
    }
  });

export interface EdgeResult {
  readonly name: string;
  readonly bareUs: number;
  readonly sallyportUs: number;
  readonly ratio: number;
}

/** CPU a request of the Worker over that of a bare fetch Worker. */
export const benchEdge = async (
  upstreamPort: number,
  document: Record<string, unknown>,
  requests: readonly { name: string; path: string; headers?: string[] }[],
  rounds: number,
  seconds: number,
): Promise<EdgeResult[]> => {
  const plain = await start({ "index.js": { type: "esm", contents: bare(upstreamPort) } });
  const [plainPid] = workerds();
  const gateway = await start(edgeModules());
  const gatewayPid = workerds().find((pid) => pid !== plainPid);
  const kv = await gateway.getKVNamespace("CONFIG");
  await kv.put("snap:1", JSON.stringify(document));
  await kv.put("current", "1");
  for (const pid of [plainPid!, gatewayPid!]) pin(pid, 1);
  const plainUrl = await plain.unsafeGetDirectURL("sallyport");
  const gatewayUrl = await gateway.unsafeGetDirectURL("sallyport");
  const results: EdgeResult[] = [];
  for (const { name, path, headers = [] } of requests) {
    const pairs: [number, number][] = [];
    load(plainPid!, `${plainUrl.origin}/`, 2, headers);
    load(gatewayPid!, gatewayUrl.origin + path, 2, headers);
    for (let round = 0; round < rounds; round++) {
      const one = load(plainPid!, `${plainUrl.origin}/`, seconds, headers);
      const other = load(gatewayPid!, gatewayUrl.origin + path, seconds, headers);
      if (other.failures > 0) throw new Error(`${name}: ${other.failures} answers were not 2xx`);
      pairs.push([one.usPerRequest, other.usPerRequest]);
    }
    results.push({
      name,
      bareUs: median(pairs.map(([a]) => a)),
      sallyportUs: median(pairs.map(([, b]) => b)),
      ratio: median(pairs.map(([a, b]) => b / a)),
    });
  }
  await Promise.all([plain.dispose(), gateway.dispose()]);
  return results;
};

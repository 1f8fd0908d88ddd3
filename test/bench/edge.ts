import { edgeModules, tablesText } from "../support/edge.ts";
import { type LocalWorker, startWorkers, store } from "../support/workerd.ts";
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

/** What the gateway adds to each request and to each answer. */
const asked = ["x-real-ip", "via", "x-kong-request-id"].concat(
  ["for", "proto", "host", "port", "path", "prefix"].map((name) => `x-forwarded-${name}`),
);
const answered = ["via", "x-kong-upstream-latency", "x-kong-proxy-latency", "x-kong-request-id"];

/**
 * The same with the fields added that the gateway adds, and a deadline until the head: the least that a gateway with Kong's
 * fields can cost here.
 */
const withFields = (
  upstreamPort: number,
  { upstreamFields = [], clientFields = [] }: EdgeRequest,
): string => `
const id = "0123456789abcdef0123456789abcdef";
const asked = ${JSON.stringify([...asked, ...upstreamFields])};
const answered = ${JSON.stringify([...answered, ...clientFields])};
const add = (headers, from, own) => {
  from.forEach((value, name) => headers.append(name, value));
  for (const name of own) headers.append(name, id);
  return headers;
};
export default {
  async fetch(request) {
    const { url } = request;
    const timer = setTimeout(() => {}, 60_000);
    const upstream = await fetch("http://127.0.0.1:${upstreamPort}" + url.slice(url.indexOf("/", 8)), {
      method: request.method,
      headers: add(new Headers(), request.headers, asked),
      redirect: "manual",
    });
    clearTimeout(timer);
    const response = new Response(upstream.body, { status: upstream.status });
    add(response.headers, upstream.headers, answered);
    return response;
  },
};`;

/** @param counters `isolate`, or undefined for exact ones. */
const productOptions = (counters: string | undefined): object => ({
  env: {
    CONFIG: { type: "kv", id: "bench" },
    LOG_LEVEL: { type: "json", value: "error" },
    DICT: { type: "durable-object", worker: "sallyport", exportName: "DictShard" },
    ...(counters !== undefined && { COUNTERS: { type: "json", value: counters } }),
  },
  exports: { DictShard: store, HealthChecks: store },
});

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
  /** The same of a Worker that only adds the same fields. */
  readonly fieldsRatio: number;
  /** CPU over that of it. */
  readonly overFields: number;
}

export interface EdgeRequest {
  readonly name: string;
  readonly path: string;
  readonly headers?: string[];
  /** Counts rate limits of all isolates together; else each isolate counts by itself. */
  readonly isExact?: boolean;
  /** Fields that plugins add to the request. */
  readonly upstreamFields?: readonly string[];
  /** Fields that plugins add to the answer. */
  readonly clientFields?: readonly string[];
}

/** CPU a request of the Worker over that of a bare fetch Worker. */
export const benchEdge = async (
  upstreamPort: number,
  document: Record<string, unknown>,
  requests: readonly EdgeRequest[],
  rounds: number,
  seconds: number,
): Promise<EdgeResult[]> => {
  const known: number[] = [];
  const begun = async (modules: LocalWorker["modules"], product: object = {}) => {
    const miniflare = await startWorkers([{ name: "sallyport", modules, ...product }]);
    const pid = workerds().find((one) => !known.includes(one))!;
    known.push(pid);
    pin(pid, [1]);
    return { miniflare, pid, url: (await miniflare.unsafeGetDirectURL("sallyport")).origin };
  };
  const modules = edgeModules();
  const text = tablesText(document);
  const gateway = async (counters?: string) => {
    const one = await begun(modules, productOptions(counters));
    const kv = await one.miniflare.getKVNamespace("CONFIG");
    await kv.put("current", text, { metadata: { version: "1" } });
    return one;
  };
  const plain = await begun({ "index.js": { type: "esm", contents: bare(upstreamPort) } });
  const [alone, exact] = [await gateway("isolate"), await gateway()];
  const results: EdgeResult[] = [];
  for (const request of requests) {
    const { name, path, headers = [], isExact = false } = request;
    const fields = await begun({
      "index.js": { type: "esm", contents: withFields(upstreamPort, request) },
    });
    const { pid, url } = isExact ? exact : alone;
    const rows: [number, number, number][] = [];
    load(plain.pid, `${plain.url}/`, 2, { headers });
    load(fields.pid, `${fields.url}/`, 2, { headers });
    load(pid, url + path, 2, { headers });
    for (let round = 0; round < rounds; round++) {
      const one = load(plain.pid, `${plain.url}/`, seconds, { headers });
      const least = load(fields.pid, `${fields.url}/`, seconds, { headers });
      const other = load(pid, url + path, seconds, { headers });
      if (other.failures > 0) throw new Error(`${name}: ${other.failures} answers were not 2xx`);
      rows.push([one.usPerRequest, other.usPerRequest, least.usPerRequest]);
    }
    results.push({
      name,
      bareUs: median(rows.map(([a]) => a)),
      sallyportUs: median(rows.map(([, b]) => b)),
      ratio: median(rows.map(([a, b]) => b / a)),
      fieldsRatio: median(rows.map(([a, , c]) => c / a)),
      overFields: median(rows.map(([, b, c]) => b / c)),
    });
    await fields.miniflare.dispose();
  }
  await Promise.all([plain, alone, exact].map(({ miniflare }) => miniflare.dispose()));
  return results;
};

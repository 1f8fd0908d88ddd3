import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePorts } from "../support/ports.ts";
import { type Ask, type Load, load, median, pin } from "./process.ts";

const bin = path.resolve(import.meta.dirname, "../../node-server/bin.mjs");

/** The daemon on a document; resolves when it serves. */
export const startGateway = async (
  document: Record<string, unknown>,
  port: number,
  adminPort: number,
  workers: number,
) => {
  const prefix = mkdtempSync(path.join(tmpdir(), "sallyport-bench-"));
  writeFileSync(path.join(prefix, "kong.json"), JSON.stringify(document));
  const conf = {
    prefix,
    database: "off",
    nginx_daemon: "off",
    nginx_worker_processes: String(workers),
    proxy_access_log: "off",
    declarative_config: path.join(prefix, "kong.json"),
    proxy_listen: `127.0.0.1:${port} reuseport`,
    admin_listen: `127.0.0.1:${adminPort}`,
  };
  const file = path.join(prefix, "sallyport.conf");
  writeFileSync(
    file,
    Object.entries(conf)
      .map(([key, value]) => `${key} = ${value}`)
      .join("\n"),
  );
  const child = spawn(process.execPath, [bin, "start", "-c", file], { stdio: ["ignore", "inherit", "pipe"] });
  await new Promise<void>((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("serves with")) resolve();
    });
    child.once("exit", () => reject(new Error(said)));
  });
  return child;
};

/** A comparison: the path, at the gateway and at nginx, and what is asked for there. */
export interface Comparison extends Ask {
  readonly name: string;
  readonly path: string;
  readonly nginxPath?: string;
}

export interface NodeResult {
  readonly name: string;
  readonly nginxUs: number;
  readonly sallyportUs: number;
  readonly ratio: number;
  readonly requestsPerSecondRatio: number;
  readonly medianLatencyRatio: number;
}

/** CPU a request of the daemon, with one worker on processor 1, over that of nginx in front of the same upstream. */
export const benchNode = async (
  nginx: { pid: number; port: number },
  document: Record<string, unknown>,
  requests: readonly Comparison[],
  rounds: number,
  seconds: number,
  /** What else is measured while it runs. */
  also: (gateway: { pid: number; port: number }) => Promise<void> = async () => {},
): Promise<NodeResult[]> => {
  const [port, adminPort] = (await freePorts(2)) as [number, number];
  const child = await startGateway(document, port, adminPort, 1);
  const pid = child.pid!;
  pin(pid, [1]);
  const results: NodeResult[] = [];
  try {
    for (const { name, path: target, nginxPath = "/", ...ask } of requests) {
      const nginxUrl = `http://127.0.0.1:${nginx.port}${nginxPath}`;
      const url = `http://127.0.0.1:${port}${target}`;
      load(nginx.pid, nginxUrl, 1, ask);
      load(pid, url, 2, ask);
      const rows = Array.from({ length: rounds }, () => {
        const one = load(nginx.pid, nginxUrl, seconds, ask);
        const other = load(pid, url, seconds, ask);
        const failures = one.failures + other.failures;
        if (failures > 0) throw new Error(`${name}: ${failures} answers were not 2xx`);
        return { one, other };
      });
      const ratioOf = (of: (load: Load) => number): number =>
        median(rows.map(({ one, other }) => of(other) / of(one)));
      results.push({
        name,
        nginxUs: median(rows.map(({ one }) => one.usPerRequest)),
        sallyportUs: median(rows.map(({ other }) => other.usPerRequest)),
        ratio: ratioOf(({ usPerRequest }) => usPerRequest),
        requestsPerSecondRatio: ratioOf(({ requestsPerSecond }) => requestsPerSecond),
        medianLatencyRatio: ratioOf(({ medianUs }) => medianUs),
      });
    }
    await also({ pid, port });
  } finally {
    child.kill("SIGTERM");
    await new Promise((resolve) => child.once("exit", resolve));
  }
  return results;
};

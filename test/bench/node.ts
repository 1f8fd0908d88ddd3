import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { load, median, pin } from "./process.ts";

const bin = path.resolve(import.meta.dirname, "../../node-server/bin.mjs");

/** The daemon with one worker, on a document; resolves when it serves. */
const startGateway = async (document: Record<string, unknown>, port: number, adminPort: number) => {
  const prefix = mkdtempSync(path.join(tmpdir(), "sallyport-bench-"));
  writeFileSync(path.join(prefix, "kong.json"), JSON.stringify(document));
  const conf = {
    prefix,
    nginx_daemon: "off",
    nginx_worker_processes: "1",
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

export interface NodeResult {
  readonly name: string;
  readonly nginxUs: number;
  readonly sallyportUs: number;
  readonly ratio: number;
  readonly requestsPerSecondRatio: number;
}

/** CPU a request of the daemon over that of nginx in front of the same upstream. */
export const benchNode = async (
  nginx: { pid: number; port: number },
  document: Record<string, unknown>,
  requests: readonly { name: string; path: string; headers?: string[] }[],
  rounds: number,
  seconds: number,
): Promise<NodeResult[]> => {
  const [port, adminPort] = [18_510, 18_511];
  const child = await startGateway(document, port, adminPort);
  const pid = child.pid!;
  pin(pid, 1);
  const results: NodeResult[] = [];
  const nginxUrl = `http://127.0.0.1:${nginx.port}/`;
  for (const { name, path: target, headers = [] } of requests) {
    const url = `http://127.0.0.1:${port}${target}`;
    load(nginx.pid, nginxUrl, 1, headers);
    load(pid, url, 2, headers);
    const rows = Array.from({ length: rounds }, () => {
      const one = load(nginx.pid, nginxUrl, seconds, headers);
      const other = load(pid, url, seconds, headers);
      if (other.failures > 0) throw new Error(`${name}: ${other.failures} answers were not 2xx`);
      return { one, other };
    });
    results.push({
      name,
      nginxUs: median(rows.map(({ one }) => one.usPerRequest)),
      sallyportUs: median(rows.map(({ other }) => other.usPerRequest)),
      ratio: median(rows.map(({ one, other }) => other.usPerRequest / one.usPerRequest)),
      requestsPerSecondRatio: median(
        rows.map(({ one, other }) => other.requestsPerSecond / one.requestsPerSecond),
      ),
    });
  }
  child.kill("SIGTERM");
  await new Promise((resolve) => child.once("exit", resolve));
  return results;
};

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePorts } from "../support/ports.ts";

const bin = path.resolve(import.meta.dirname, "../../node-server/bin.mjs");

/** A gateway in the background, as an operator has it, with an upstream that answers at once. */
export interface World {
  readonly folder: string;
  readonly prefix: string;
  readonly conf: string;
  readonly proxyPort: number;
  readonly adminPort: number;
  readonly upstreamPort: number;
  /** Runs a command. */
  sallyport(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  /** Of the supervisor. */
  pid(): number;
  log(): string;
  end(): Promise<void>;
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

export const openWorld = async (properties: Readonly<Record<string, string>> = {}): Promise<World> => {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-acceptance-"));
  const prefix = path.join(folder, "prefix");
  const server = createServer({ keepAliveTimeout: 120_000 }, (_, response) => response.end("ok"));
  const upstreamPort = await listen(server);
  const [proxyPort, adminPort] = (await freePorts(2)) as [number, number];
  const conf = path.join(folder, "sallyport.conf");
  const all: Record<string, string> = {
    prefix,
    database: "off",
    proxy_listen: `127.0.0.1:${proxyPort}`,
    admin_listen: `127.0.0.1:${adminPort}`,
    nginx_worker_processes: "2",
    proxy_access_log: "off",
    ...properties,
  };
  const write = (): void => {
    const lines = Object.entries(all).map(([key, value]) => `${key} = ${value}`);
    writeFileSync(conf, `${lines.join("\n")}\n`);
  };
  write();
  const sallyport: World["sallyport"] = (...args) =>
    new Promise((resolve) => {
      execFile(process.execPath, [bin, ...args, "-c", conf], { cwd: folder }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  return {
    folder,
    prefix,
    conf,
    proxyPort,
    adminPort,
    upstreamPort,
    sallyport,
    pid: () => Number(readFileSync(path.join(prefix, "pids/sallyport.pid"), "utf8")),
    log: () => readFileSync(path.join(prefix, "logs/error.log"), "utf8"),
    async end() {
      await sallyport("stop");
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
};

/** What clients saw. */
export interface Load {
  requests: number;
  /** Connections that broke or answers that were no 200. */
  failed: number;
}

const isWhole = /^HTTP\/1\.1 200 [\s\S]*\r\n\r\nok$/;

/** One request after the other on as many connections, each closed after `perConnection`, until `running` says no. */
export const hammer = (
  port: number,
  connections: number,
  perConnection: number,
  running: { yes: boolean },
): { readonly load: Load; readonly over: Promise<void> } => {
  const load: Load = { requests: 0, failed: 0 };
  const request = (isLast: boolean): string =>
    `GET / HTTP/1.1\r\nHost: a\r\n${isLast ? "Connection: close\r\n" : ""}\r\n`;
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      let sent = 0;
      let isWaiting = false;
      let text = "";
      const next = (): void => {
        if (!running.yes) return void socket.end();
        sent++;
        isWaiting = true;
        text = "";
        socket.write(request(sent === perConnection));
      };
      socket.on("connect", next);
      socket.on("data", (bytes: Buffer) => {
        text += bytes.toString("latin1");
        if (!isWaiting || !text.endsWith("\r\n\r\nok")) return;
        isWaiting = false;
        load.requests++;
        if (!isWhole.test(text)) load.failed++;
        if (sent < perConnection && !/^connection: close/im.test(text)) next();
        else socket.end();
      });
      socket.on("error", () => undefined);
      socket.on("close", () => {
        if (isWaiting && running.yes) load.failed++;
        resolve();
      });
    });
  const keep = async (): Promise<void> => {
    while (running.yes) await one();
  };
  const over = Promise.all(Array.from({ length: connections }, keep)).then(() => undefined);
  return { load, over };
};

/** The same by wrk, in a process of its own. */
export const wrk = (
  port: number,
  seconds: number,
  headers: readonly string[] = [],
): { readonly done: Promise<string>; readonly child: ChildProcess } => {
  const child = spawn(
    "wrk",
    [
      "-t1",
      "-c50",
      `-d${seconds}s`,
      ...headers.flatMap((field) => ["-H", field]),
      `http://127.0.0.1:${port}/`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let text = "";
  child.stdout.on("data", (bytes: Buffer) => (text += bytes.toString()));
  return { done: new Promise((resolve) => child.once("close", () => resolve(text))), child };
};

/** Puts a declarative document into the gateway. */
export const configure = async (world: World, document: object): Promise<void> => {
  const response = await fetch(`http://127.0.0.1:${world.adminPort}/config`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ _format_version: "3.0", ...document }),
  });
  if (response.status !== 201)
    throw new Error(`POST /config answered ${response.status}: ${await response.text()}`);
};

export const toUpstream = ({ upstreamPort }: World, routes: object[]): object => ({
  services: [{ name: "up", url: `http://127.0.0.1:${upstreamPort}`, routes }],
});

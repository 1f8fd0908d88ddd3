import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { freePorts } from "./ports.ts";

const bin = path.resolve(import.meta.dirname, "../../node-server/bin.mjs");

export interface Daemon {
  readonly proxyPort: number;
  readonly adminPort: number;
  readonly tlsPort: number;
  readonly prefix: string;
  readonly child: ChildProcess;
  /** Everything that it said. */
  output(): string;
  /** Resolves when its output matches; fails when it ends before. */
  said(pattern: RegExp): Promise<void>;
  /** Sends the signal and waits for the end. Harmless when called again. @returns The exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface DaemonOptions {
  /** A declarative document, or the text of one. */
  readonly document?: Record<string, unknown> | string;
  /** Properties of sallyport.conf. */
  readonly conf?: Readonly<Record<string, string>>;
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Resolve without waiting until it serves. */
  readonly isStartExpectedToFail?: boolean;
}

/** Starts `sallyport start` in the foreground, as a user would, on free ports. */
export const startDaemon = async (options: DaemonOptions = {}): Promise<Daemon> => {
  const prefix = mkdtempSync(path.join(tmpdir(), "sallyport-"));
  const [proxyPort, adminPort, tlsPort] = (await freePorts(3)) as [number, number, number];
  const { document } = options;
  const declarative = path.join(prefix, "config.json");
  if (document !== undefined) {
    const text =
      typeof document === "string" ? document : JSON.stringify({ _format_version: "3.0", ...document });
    writeFileSync(declarative, text);
  }
  const conf: Record<string, string> = {
    prefix,
    nginx_daemon: "off",
    nginx_worker_processes: "1",
    database: "off",
    proxy_listen: `127.0.0.1:${proxyPort} reuseport, 127.0.0.1:${tlsPort} ssl reuseport`,
    admin_listen: `127.0.0.1:${adminPort}`,
    ...(document !== undefined && { declarative_config: declarative }),
    ...options.conf,
  };
  const confFile = path.join(prefix, "sallyport.conf");
  writeFileSync(
    confFile,
    Object.entries(conf)
      .map(([key, value]) => `${key} = ${value}\n`)
      .join(""),
  );
  const child = spawn(process.execPath, [bin, "start", "-c", confFile], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
  });
  let output = "";
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      for (const watcher of watchers) watcher();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const said = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!pattern.test(output)) return;
        watchers.delete(check);
        resolve();
      };
      watchers.add(check);
      void ended.then(() => reject(new Error(`it ended without saying ${pattern}:\n${output}`)));
      check();
    });
  const daemon: Daemon = {
    proxyPort,
    adminPort,
    tlsPort,
    prefix,
    child,
    output: () => output,
    said,
    stop: async (signal = "SIGTERM") => {
      child.kill(signal);
      const code = await ended;
      // A process that was killed may be writing its last.
      rmSync(prefix, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
      return code;
    },
  };
  if (!options.isStartExpectedToFail) await said(/serves with \d+ worker/);
  return daemon;
};

/** The same, until the test that asks for it is over. */
export const daemonForTest = async (options?: DaemonOptions): Promise<Daemon> => {
  const daemon = await startDaemon(options);
  onTestFinished(async () => void (await daemon.stop()));
  return daemon;
};

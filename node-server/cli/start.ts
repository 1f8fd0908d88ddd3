import { fork } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { nodeLogger } from "../../adapters/node/index.ts";
import { type Conf, ConfError, loadConf } from "../conf/load.ts";
import { PidFile } from "../pidfile.ts";
import { StartError, Supervisor } from "../supervisor.ts";

export interface StartOptions {
  readonly conf?: string;
  readonly prefix?: string;
}

/** Set for the process that goes on in the background. */
const backgroundMark = "SALLYPORT_IN_BACKGROUND";

const fail = (problems: readonly string[]): void => {
  process.exitCode = 1;
  for (const problem of problems) process.stderr.write(`Error: ${problem}\n`);
};

const supervise = async (conf: Conf, isBackground: boolean): Promise<void> => {
  const pidFile = new PidFile(conf.prefix);
  pidFile.acquire();
  const logger = nodeLogger({
    level: conf.logLevel,
    format: conf.logFormat,
    file: isBackground ? conf.errorLog : undefined,
  });
  const supervisor = new Supervisor(conf, logger);
  for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
    process.on(signal, () => {
      if (supervisor.isStopping) return;
      logger.log("notice", `${signal}: stopping`);
      supervisor.stop();
    });
  }
  // A closed terminal is no reason to stop serving in the background.
  if (isBackground) process.on("SIGHUP", () => undefined);
  try {
    await supervisor.start();
  } catch (error) {
    pidFile.release();
    throw error;
  }
  if (isBackground) {
    process.send?.({ ok: true });
    process.disconnect?.();
  }
  await supervisor.done;
  pidFile.release();
};

/** Starts another process that goes on, and waits until it serves. */
const startInBackground = (conf: Conf): Promise<void> => {
  mkdirSync(path.dirname(conf.errorLog), { recursive: true });
  const log = openSync(conf.errorLog, "a");
  const main = process.argv[1] ?? fileURLToPath(import.meta.url);
  const child = fork(main, process.argv.slice(2), {
    detached: true,
    stdio: ["ignore", log, log, "ipc"],
    env: { ...process.env, [backgroundMark]: "1" },
  });
  return new Promise((resolve, reject) => {
    child.once("message", (message: { ok: boolean; problems?: string[] }) => {
      if (message.ok) {
        child.disconnect();
        child.unref();
        resolve();
      } else reject(new StartError(message.problems ?? []));
    });
    child.once("exit", () => reject(new StartError([`it died while starting; see ${conf.errorLog}`])));
  });
};

/** `sallyport start`: in the background, or in the foreground with `nginx_daemon = off`. */
export const start = async (options: StartOptions): Promise<void> => {
  const isBackground = process.env[backgroundMark] === "1";
  try {
    const conf = loadConf({
      file: options.conf,
      environment: process.env,
      ...(options.prefix !== undefined && { overrides: { prefix: path.resolve(options.prefix) } }),
    });
    if (conf.isDaemon && !isBackground) {
      await startInBackground(conf);
      process.stdout.write("Sallyport started\n");
    } else {
      await supervise(conf, isBackground);
    }
  } catch (error) {
    const problems =
      error instanceof StartError || error instanceof ConfError
        ? error.problems
        : [error instanceof Error ? error.message : String(error)];
    if (isBackground) process.send?.({ ok: false, problems });
    fail(problems);
  }
};

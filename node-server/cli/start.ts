import { fork } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Conf } from "../conf/load.ts";
import { preparePrefix } from "../prefix.ts";
import { runningPid } from "../pidfile.ts";
import { CommandError } from "./failure.ts";
import { type ConfOptions, loadedConf } from "./loaded.ts";
import { say, tellFailure, verbose, warn } from "./output.ts";

export interface StartOptions extends ConfOptions {
  readonly runMigrations?: boolean;
  /** Seconds, for `runMigrations`. */
  readonly lockTimeout?: string;
  readonly nginxConf?: string;
  readonly nginxConfFlags?: string;
}

/** Set for the process that goes on in the background. */
const backgroundMark = "SALLYPORT_IN_BACKGROUND";

/** What the process in the background tells the command that started it. */
type Word =
  | { readonly type: "started" }
  | { readonly type: "waiting"; readonly reason: string }
  | { readonly type: "failed"; readonly problems: readonly string[] };

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
    child.on("message", (word: Word) => {
      if (word.type === "waiting") warn(word.reason);
      else if (word.type === "failed") reject(new CommandError(...word.problems));
      else {
        child.disconnect();
        child.unref();
        resolve();
      }
    });
    child.once("exit", () => reject(new CommandError(`it died while starting; see ${conf.errorLog}`)));
  });
};

const problemsOf = (error: unknown): readonly string[] =>
  error instanceof Error && "problems" in error
    ? (error.problems as readonly string[])
    : [error instanceof Error ? error.message : String(error)];

const startInForeground = async (options: StartOptions, conf: Conf, isBackground: boolean): Promise<void> => {
  const tell = (word: Word): void => void process.send?.(word);
  // Who only starts another process does not read it.
  const { Daemon } = await import("../daemon.ts");
  const daemon = new Daemon(conf, {
    isBackground,
    reread: () => loadedConf({ ...options, prefix: conf.prefix }),
  });
  try {
    await daemon.start((reason) => tell({ type: "waiting", reason }));
  } catch (error) {
    tell({ type: "failed", problems: problemsOf(error) });
    throw error;
  }
  tell({ type: "started" });
  if (isBackground) process.disconnect?.();
  await daemon.done;
};

/** `sallyport start`: in the background, or in the foreground with `nginx_daemon = off`. */
export const start = async (options: StartOptions): Promise<void> => {
  const isBackground = process.env[backgroundMark] === "1";
  try {
    const conf = loadedConf(options);
    if (!isBackground) {
      if (runningPid(conf.prefix) !== undefined)
        throw new CommandError(`Sallyport is already running in ${conf.prefix}`);
      for (const warning of conf.warnings) warn(warning);
      if (options.nginxConf !== undefined || options.nginxConfFlags !== undefined)
        warn("--nginx-conf and --nginx-conf-flags have no effect: there is no nginx here");
      verbose(`preparing prefix directory at ${conf.prefix}`);
      preparePrefix(conf);
      if (options.runMigrations) await (await import("./migrations.ts")).runMigrations(options);
    }
    if (conf.isDaemon && !isBackground) {
      await startInBackground(conf);
      say("Sallyport started");
    } else {
      await startInForeground(options, conf, isBackground);
    }
  } catch (error) {
    process.exitCode = 1;
    if (isBackground) process.send?.({ type: "failed", problems: problemsOf(error) } satisfies Word);
    tellFailure(error);
  }
};

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { loadConf } from "../conf/load.ts";
import { pidFileOf } from "../pidfile.ts";
import { CommandError } from "./failure.ts";

export interface PrefixOption {
  readonly prefix?: string;
  readonly conf?: string;
}

/** How often a stopping process is looked at. */
const pollMs = 200;

const prefixOf = ({ prefix, conf }: PrefixOption): string => {
  const found =
    prefix === undefined ? loadConf({ file: conf, environment: process.env }).prefix : path.resolve(prefix);
  if (!existsSync(found)) throw new CommandError(`no such prefix: ${found}`);
  return found;
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** The process that runs a prefix; undefined when none does. */
const runningPid = (prefix: string): number | undefined => {
  try {
    const pid = Number(readFileSync(pidFileOf(prefix), "utf8").trim());
    return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
};

const mustRun = (prefix: string): number => {
  const pid = runningPid(prefix);
  if (pid === undefined) throw new CommandError(`Sallyport is not running in prefix: ${prefix}`);
  return pid;
};

/** @returns false when it is still there after `timeoutMs`. */
const gone = async (pid: number, timeoutMs: number): Promise<boolean> => {
  for (let waitedMs = 0; isAlive(pid); waitedMs += pollMs) {
    if (waitedMs >= timeoutMs) return false;
    await after(pollMs);
  }
  return true;
};

const stopWithinMs = 20_000;

/** `sallyport stop`: requests under way may end, then the process does. */
export const stop = async (options: PrefixOption): Promise<void> => {
  const prefix = prefixOf(options);
  const pid = mustRun(prefix);
  process.kill(pid, "SIGTERM");
  if (!(await gone(pid, stopWithinMs))) throw new CommandError(`it did not stop: process ${pid}`);
  process.stdout.write("Sallyport stopped\n");
};

/** `sallyport quit`: as stop, after `wait` seconds, by force after `timeout` seconds. */
export const quit = async (options: PrefixOption & { timeout: string; wait: string }): Promise<void> => {
  const seconds = (name: "timeout" | "wait"): number => {
    const value = Number(options[name]);
    if (!Number.isFinite(value) || value < 0) throw new CommandError(`${name} must be a number of seconds`);
    return value;
  };
  const [timeoutMs, waitMs] = [seconds("timeout") * 1000, seconds("wait") * 1000];
  const pid = mustRun(prefixOf(options));
  await after(waitMs);
  process.kill(pid, "SIGQUIT");
  if (await gone(pid, timeoutMs)) {
    process.stdout.write("Sallyport stopped (gracefully)\n");
    return;
  }
  process.kill(pid, "SIGKILL");
  process.stdout.write("Timeout, Sallyport stopped forcefully\n");
};

/** `sallyport health` */
export const health = (options: PrefixOption): void => {
  const prefix = prefixOf(options);
  const isRunning = runningPid(prefix) !== undefined;
  process.stdout.write(`sallyport...${isRunning ? "running" : "not running"}\n\n`);
  if (!isRunning) throw new CommandError(`Sallyport is not running at ${prefix}`);
  process.stdout.write(`Sallyport is healthy at ${prefix}\n`);
};

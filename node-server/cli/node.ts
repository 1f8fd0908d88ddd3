import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { gather } from "../conf/sources.ts";
import { runningPid } from "../pidfile.ts";
import { preparePrefix } from "../prefix.ts";
import { leaveNote, type ReloadAnswer, takeAnswer } from "../reloadnote.ts";
import { CommandError } from "./failure.ts";
import { type ConfOptions, loadedConf } from "./loaded.ts";
import { say, verbose, warn } from "./output.ts";

/** How often a process is looked at. */
const pollMs = 50;

const prefixOf = ({ prefix, conf }: ConfOptions): string => {
  // A gateway can be stopped whatever is wrong with its configuration.
  const found = path.resolve(prefix ?? gather({ file: conf, environment: process.env }).texts.prefix);
  if (!existsSync(found)) throw new CommandError(`no such prefix: ${found}`);
  verbose(`prefix in use: ${found}`);
  return found;
};

const mustRun = (prefix: string): number => {
  const pid = runningPid(prefix);
  if (pid === undefined) throw new CommandError(`Sallyport is not running in prefix: ${prefix}`);
  return pid;
};

/** @returns false when it is still there after `timeoutMs`. */
const gone = async (prefix: string, pid: number, timeoutMs: number): Promise<boolean> => {
  for (let waitedMs = 0; runningPid(prefix) === pid; waitedMs += pollMs) {
    if (waitedMs >= timeoutMs) return false;
    await after(pollMs);
  }
  return true;
};

const stopWithinMs = 20_000;

/** `sallyport stop`: requests under way may end, then the process does. */
export const stop = async (options: ConfOptions): Promise<void> => {
  const prefix = prefixOf(options);
  const pid = mustRun(prefix);
  verbose(`sending TERM to ${pid}`);
  process.kill(pid, "SIGTERM");
  if (!(await gone(prefix, pid, stopWithinMs))) throw new CommandError(`it did not stop: process ${pid}`);
  say("Sallyport stopped");
};

/** `sallyport quit`: as stop, after `wait` seconds, by force after `timeout` seconds. */
export const quit = async (options: ConfOptions & { timeout: string; wait: string }): Promise<void> => {
  const seconds = (name: "timeout" | "wait"): number => {
    const value = Number(options[name]);
    if (!Number.isFinite(value) || value < 0) throw new CommandError(`${name} must be a number of seconds`);
    return value;
  };
  const [timeoutMs, waitMs] = [seconds("timeout") * 1000, seconds("wait") * 1000];
  const prefix = prefixOf(options);
  const pid = mustRun(prefix);
  await after(waitMs);
  process.kill(pid, "SIGQUIT");
  if (await gone(prefix, pid, timeoutMs)) {
    say("Sallyport stopped (gracefully)");
    return;
  }
  process.kill(pid, "SIGKILL");
  say("Timeout, Sallyport stopped forcefully");
};

/** `sallyport health` */
export const health = (options: ConfOptions): void => {
  const prefix = prefixOf(options);
  const isRunning = runningPid(prefix) !== undefined;
  say(`sallyport...${isRunning ? "running" : "not running"}`);
  say("");
  if (!isRunning) throw new CommandError(`Sallyport is not running at ${prefix}`);
  say(`Sallyport is healthy at ${prefix}`);
};

const reloadWithinMs = 120_000;

const answerTo = async (id: string, prefix: string, pid: number): Promise<ReloadAnswer> => {
  for (let waitedMs = 0; waitedMs < reloadWithinMs; waitedMs += pollMs) {
    const answer = takeAnswer(prefix);
    if (answer?.id === id) return answer;
    if (runningPid(prefix) !== pid) throw new CommandError("it ended while reloading");
    await after(pollMs);
  }
  throw new CommandError(`it did not reload within ${reloadWithinMs / 1000} s`);
};

/** `sallyport reload`: new workers serve the configuration as it is now, with the environment of this command. */
export const reload = async (options: ConfOptions): Promise<void> => {
  const conf = loadedConf(options);
  const pid = mustRun(conf.prefix);
  for (const warning of conf.warnings) warn(warning);
  const id = randomUUID();
  leaveNote(conf.prefix, { id, conf });
  verbose(`sending HUP to ${pid}`);
  process.kill(pid, "SIGHUP");
  const { problems } = await answerTo(id, conf.prefix, pid);
  if (problems.length > 0) throw new CommandError(...problems);
  say("Sallyport reloaded");
};

/** `sallyport prepare`: writes the prefix, and starts nothing. */
export const prepare = (options: ConfOptions): void => {
  const conf = loadedConf(options);
  for (const warning of conf.warnings) warn(warning);
  preparePrefix(conf);
};

const drainWithinMs = 1_000;

/** `sallyport drain`: load balancers are told to send nothing more; what comes is still served. */
export const drain = async (options: ConfOptions): Promise<void> => {
  const [listener] = loadedConf(options).statusListen;
  if (listener === undefined) {
    say("No status listeners found in configuration.");
    return;
  }
  const { host, port, ssl } = listener;
  const name =
    host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;
  try {
    const response = await fetch(`http${ssl ? "s" : ""}://${name}:${port}/status/ready`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ status: "draining" }),
      signal: AbortSignal.timeout(drainWithinMs),
    });
    if (response.status === 204) say("Sallyport's status successfully changed to 'draining'");
    else say(`Unexpected response from status listener: ${response.status}`);
  } catch (error) {
    say(`Failed to send a request to the status listener: ${(error as Error).message}`);
  }
};

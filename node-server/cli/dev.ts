import { existsSync, type FSWatcher, mkdtempSync, readFileSync, rmSync, statSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Conf, loadConf } from "../conf/load.ts";
import { Daemon } from "../daemon.ts";
import { localAdmin } from "../remote.ts";
import { CommandError } from "./failure.ts";
import { init } from "./config.ts";
import type { ConfOptions } from "./opened.ts";
import { say, warn } from "./output.ts";

export interface DevOptions extends ConfOptions {
  /** Files or folders of plugins. */
  readonly plugin?: readonly string[];
}

/** Editors write a file in several steps: this long after the last one it is read. */
const settleMs = 50;

const moduleOf = (place: string): string => {
  const target = path.resolve(place);
  if (!existsSync(target)) throw new CommandError(`there is no plugin at ${target}`);
  return statSync(target).isDirectory() ? path.join(target, "index.ts") : target;
};

/** What a developer gets who says nothing else. */
const defaults = (prefix: string): Map<string, string> =>
  new Map([
    ["prefix", prefix],
    ["proxy_listen", "127.0.0.1:8000"],
    ["admin_listen", "127.0.0.1:8001"],
    ["nginx_worker_processes", "1"],
    ["proxy_access_log", "off"],
    ["admin_access_log", "off"],
  ]);

/** Calls `changed` when files below a place changed, once for many changes. */
const follow = (place: string, changed: () => Promise<void>): FSWatcher => {
  const isFolder = statSync(place).isDirectory();
  let timer: NodeJS.Timeout | undefined;
  // The folder is watched: editors put another file in place of the one that they wrote.
  return watch(isFolder ? place : path.dirname(place), { recursive: isFolder }, (_, name) => {
    if (!isFolder && name !== path.basename(place)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void changed(), settleMs);
  });
};

const swap = async (conf: Conf, file: string): Promise<readonly string[]> => {
  const response = await fetch(`${localAdmin(conf)}/config`, {
    method: "POST",
    headers: {
      "Content-Type": path.extname(file) === ".json" ? "application/json" : "text/yaml",
      ...(conf.adminToken !== undefined && { Authorization: `Bearer ${conf.adminToken}` }),
    },
    body: readFileSync(file, "utf8"),
  });
  if (response.status === 201) return [];
  const { message, fields } = (await response.json()) as { message: string; fields?: unknown };
  return [message, ...(fields === undefined ? [] : [JSON.stringify(fields)])];
};

const timed = async (what: string, work: () => Promise<readonly string[]>): Promise<void> => {
  const startMs = performance.now();
  try {
    const problems = await work();
    if (problems.length === 0) say(`${what} is served after ${Math.round(performance.now() - startMs)} ms`);
    else for (const problem of problems) warn(`${what}: ${problem}`);
  } catch (error) {
    warn(`${what}: ${(error as Error).message}`);
  }
};

/** `sallyport dev [file]`: serves a declarative file in the foreground, follows every change, shows requests. */
export const dev = async (file: string, { plugin = [], ...options }: DevOptions): Promise<void> => {
  const declarative = path.resolve(file);
  if (!existsSync(declarative)) {
    init(file);
    say(`${file} was not there: it is a sample now`);
  }
  const prefix = options.prefix ?? mkdtempSync(path.join(tmpdir(), "sallyport-dev-"));
  const modules = plugin.map(moduleOf);
  const read = (): Conf =>
    loadConf({
      file: options.conf,
      environment: process.env,
      lowest: { values: defaults(prefix), base: process.cwd() },
      overrides: {
        ...(options.prefix !== undefined && { prefix: path.resolve(options.prefix) }),
        database: "off",
        declarative_config: declarative,
        nginx_daemon: "off",
        trace_requests: "on",
        ...(modules.length > 0 && { plugins: ["bundled", ...modules].join(", ") }),
      },
    });
  const conf = read();
  const daemon = new Daemon(conf, { isBackground: false, reread: read });
  const started = daemon.start(warn);
  // They look from the first moment: what changes while the gateway starts is served when it has.
  const changed = (what: string, work: () => Promise<readonly string[]>) => (): Promise<void> =>
    started.then(
      () => timed(what, work),
      () => undefined,
    );
  const watchers = [
    follow(
      declarative,
      changed(file, () => swap(conf, declarative)),
    ),
    ...modules.map((module) =>
      follow(
        path.dirname(module),
        changed(module, () => daemon.reload()),
      ),
    ),
  ];
  try {
    await started;
  } catch (error) {
    for (const watcher of watchers) watcher.close();
    throw error;
  }
  say(`following ${[file, ...plugin].join(", ")}; Ctrl-C ends it`);
  await daemon.done;
  for (const watcher of watchers) watcher.close();
  if (options.prefix === undefined) rmSync(prefix, { recursive: true, force: true });
};

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

/** A process and all that it started. */
export const processTree = (pid: number): number[] => {
  const found: number[] = [];
  const todo = [pid];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    found.push(next);
    for (const file of globSync(`/proc/${next}/task/*/children`)) {
      todo.push(...read(file).split(" ").filter(Boolean).map(Number));
    }
  }
  return found;
};

/** CPU time that a process and its children used, in microseconds. */
export const cpuUs = (pid: number): number => {
  const files = processTree(pid).flatMap((one) => globSync(`/proc/${one}/task/*/schedstat`));
  return files.reduce((sum, file) => sum + Number(read(file).split(" ")[0] ?? 0), 0) / 1000;
};

/** Binds a process and its children to processors. */
export const pin = (pid: number, cpus: readonly number[]): void => {
  for (const one of processTree(pid))
    spawnSync("taskset", ["-acp", cpus.join(), String(one)], { stdio: "ignore" });
};

export const hasProgram = (name: string): boolean => spawnSync("which", [name]).status === 0;

/** nginx with one worker for each processor that it is bound to. @param http What stands in the http block. */
export const startNginx = (http: string, ...cpu: readonly number[]): ChildProcess => {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-nginx-"));
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const conf = `daemon off;worker_processes ${cpu.length};pid ${folder}/pid;error_log ${folder}/error warn;
events{worker_connections 4096;}
http{access_log off;keepalive_requests 1000000;${temporary.join("")}${http}}`;
  writeFileSync(`${folder}/nginx.conf`, conf);
  return spawn(
    "taskset",
    ["-c", cpu.join(), "nginx", "-e", `${folder}/error`, "-c", `${folder}/nginx.conf`],
    {
      stdio: "ignore",
    },
  );
};

/** What is asked of a server. */
export interface Ask {
  readonly headers?: readonly string[];
  /** Default 50. */
  readonly connections?: number;
  /** Bytes to POST; undefined for GET. */
  readonly postBytes?: number;
}

export interface Load {
  readonly usPerRequest: number;
  readonly requestsPerSecond: number;
  readonly medianUs: number;
  readonly failures: number;
}

const posting = (bytes: number): string => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "sallyport-post-")), "post.lua");
  writeFileSync(file, `wrk.method = "POST"\nwrk.body = string.rep("b", ${bytes})\n`);
  return file;
};

const unitsUs: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000 };

/** Loads a URL with wrk on processor 0 and measures what a process used meanwhile. */
export const load = (
  pid: number,
  url: string,
  seconds: number,
  { headers = [], connections = 50, postBytes }: Ask = {},
): Load => {
  const before = cpuUs(pid);
  const args = [
    ...["-c", "0", "wrk", "--latency", "-t1", `-c${connections}`, `-d${seconds}s`],
    ...headers.flatMap((header) => ["-H", header]),
    ...(postBytes === undefined ? [] : ["-s", posting(postBytes)]),
    url,
  ];
  const { stdout } = spawnSync("taskset", args, { encoding: "utf8" });
  const used = cpuUs(pid) - before;
  const count = Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0);
  const [, latency = "0", unit = "us"] = /50%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? [];
  return {
    usPerRequest: used / Math.max(count, 1),
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? 0),
    medianUs: Number(latency) * unitsUs[unit]!,
    failures: Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0),
  };
};

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";

const withinMs = 30_000;

const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const endMs = performance.now() + withinMs;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await after(10);
  }
};

/** The children of a process. */
export const runtimePids = (parent: number): number[] =>
  readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === parent ? [Number(name)] : [];
    } catch {
      return [];
    }
  });

export const rssBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;

/** Resolves when the gateway answers 200. */
export const untilServes = (port: number, target: string): Promise<void> =>
  until(`200 for ${target}`, async () => {
    const response = await fetch(`http://127.0.0.1:${port}${target}`, { headers: { Connection: "close" } });
    await response.arrayBuffer();
    return response.status === 200;
  });

/** Resolves when so many workers serve. */
export const workersOf = (adminPort: number, count: number): Promise<void> =>
  until(`${count} workers`, async () => {
    const response = await fetch(`http://127.0.0.1:${adminPort}/status`);
    const body = (await response.json()) as { memory: { workers_lua_vms: unknown[] } };
    return body.memory.workers_lua_vms.length === count;
  });

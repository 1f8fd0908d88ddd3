import { setTimeout as after } from "node:timers/promises";
import type { WorkerLine } from "./node.ts";
import { type ChaosWorld, consumerCount, slotCount } from "./world.ts";

interface Taken {
  readonly value: number;
  readonly atMs: number;
}

const nowMs = (): number => performance.timeOrigin + performance.now();

/** Polls until `holds`, which may fail meanwhile. */
const until = async (what: string, holds: () => Promise<boolean>, deadlineMs = 60_000): Promise<void> => {
  const deadline = performance.now() + deadlineMs;
  let last: unknown;
  while (!(await holds().catch((error: unknown) => ((last = error), false)))) {
    if (performance.now() > deadline) throw new Error(`never: ${what}`, { cause: last });
    await after(10);
  }
};

const historyOf = async (line: WorkerLine, slot: number): Promise<Taken[]> =>
  (await line.ask(`/s${slot}`)).body["history"] as Taken[];

/**
 * Writes values one after the other, each on another node, and asks every worker when it served them.
 *
 * @returns Milliseconds from before the write to each worker that serves it, sorted.
 */
export const measure = async (world: ChaosWorld, writes: number): Promise<number[]> => {
  const lines = await world.lines();
  const sentAtMs: number[] = [];
  const base = 1_000_000;
  for (let i = 0; i < writes; i++) {
    sentAtMs.push(nowMs());
    const node = world.nodes[i % world.nodes.length]!;
    const answer = await node.admin("PATCH", `/plugins/${world.plugins[0]}`, { config: { value: base + i } });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer));
    // One write at a time: a worker that is late takes the newest and leaves out what was before.
    for (const line of lines)
      await until("served", async () => (await historyOf(line, 0)).at(-1)?.value === base + i);
  }
  const times: number[] = [];
  for (const line of lines)
    for (const { value, atMs } of await historyOf(line, 0))
      if (value >= base) times.push(atMs - sentAtMs[value - base]!);
  for (const line of lines) line.close();
  return times.sort((a, b) => a - b);
};

export interface ChaosReport {
  readonly writes: number;
  /** Writes that were tried again because a node or the database was away. */
  readonly retries: number;
  readonly restarts: number;
  readonly cuts: number;
  readonly stalls: number;
  readonly kills: number;
}

/** Writes while everything around fails. @returns When all is up again and every write was acknowledged. */
export const invalidate = async (world: ChaosWorld, writes: number): Promise<ChaosReport> => {
  const { nodes, postgres } = world;
  const report = { writes: 0, retries: 0, restarts: 0, cuts: 0, stalls: 0, kills: 0 };
  const end = new AbortController();
  const anyNode = () => nodes[Math.floor(Math.random() * nodes.length)]!;

  /** Values grow with each try: one that failed may be there all the same. */
  let value = 2_000_000;
  const write = async (path: string, body: () => unknown): Promise<void> => {
    while (true) {
      const answer = await anyNode()
        .admin("PATCH", path, body())
        .catch(() => undefined);
      if (answer?.status === 200) break;
      report.retries++;
      await after(20);
    }
    report.writes++;
  };
  // One writer for each thing: what it wrote last is the newest.
  const perThing = Math.ceil(writes / (slotCount + consumerCount));
  const slots = Array.from({ length: slotCount }, async (_, slot) => {
    for (let i = 0; i < perThing; i++)
      await write(`/plugins/${world.plugins[slot]}`, () => ({ config: { value: ++value } }));
  });
  const keys = Array.from({ length: consumerCount }, async (_, consumer) => {
    for (let i = 0; i < perThing; i++)
      await write(`/consumers/c${consumer}/key-auth/${world.credential(consumer)}`, () => ({
        key: `k${consumer}-${++value}`,
      }));
  });

  const networks = (async () => {
    while (!end.signal.aborted) {
      const { network } = anyNode();
      if (Math.random() < 0.7) {
        network.cut();
        report.cuts++;
      } else {
        network.stall(true);
        await after(500 + Math.random() * 2_500);
        network.stall(false);
        report.stalls++;
      }
      await after(300);
    }
  })();
  const database = (async () => {
    for (const share of [0.25, 0.6]) {
      await until("a share of the writes", async () => report.writes >= share * writes, 600_000);
      await postgres.restart(share < 0.5 ? "stop" : "crash");
      report.restarts++;
    }
  })();
  const deaths = (async () => {
    for (const [share, node] of [
      [0.1, nodes[1]!],
      [0.5, nodes[2]!],
    ] as const) {
      await until("a share of the writes", async () => report.writes >= share * writes, 600_000);
      await node.kill();
      report.kills++;
      await node.revive();
    }
  })();
  await Promise.all([...slots, ...keys]);
  end.abort();
  await Promise.all([networks, database, deaths]);
  return report;
};

/** What the database holds, told by the node's Admin API. */
const truth = async (world: ChaosWorld): Promise<{ values: number[]; keys: string[] }> => {
  const [node] = world.nodes;
  const values: number[] = [];
  for (const id of world.plugins) {
    const { body } = await node!.admin("GET", `/plugins/${id}`);
    values.push(Number((body["config"] as Record<string, unknown>)["value"]));
  }
  const keys: string[] = [];
  for (let consumer = 0; consumer < consumerCount; consumer++) {
    const { body } = await node!.admin("GET", `/consumers/c${consumer}/key-auth`);
    keys.push(...(body["data"] as { key: string }[]).map(({ key }) => key));
  }
  return { values, keys };
};

/** What is wrong with what a worker serves; empty when nothing is stale and nothing came twice or out of order. */
const problemsOf = async (line: WorkerLine, { values, keys }: Awaited<ReturnType<typeof truth>>) => {
  const problems: string[] = [];
  const at = `worker ${line.worker} of node ${line.node}`;
  for (const [slot, value] of values.entries()) {
    const { body } = await line.ask(`/s${slot}`);
    if (body["value"] !== value) problems.push(`${at} serves ${String(body["value"])} for ${value}`);
    const taken = (body["history"] as Taken[]).map(({ value }) => value);
    if (taken.some((value, i) => i > 0 && value <= taken[i - 1]!))
      problems.push(`${at} took ${taken.join(", ")} for slot ${slot}`);
  }
  for (const key of keys) {
    const { status } = await line.ask("/private", { apikey: key });
    if (status !== 200) problems.push(`${at} answers ${status} to the key ${key}`);
  }
  for (let consumer = 0; consumer < consumerCount; consumer++) {
    const { status } = await line.ask("/private", { apikey: `k${consumer}-0` });
    if (status !== 401) problems.push(`${at} answers ${status} to an old key`);
  }
  return problems;
};

/** Waits until every worker is right. @returns What is still wrong after `graceMs`. */
export const verify = async (world: ChaosWorld, graceMs: number): Promise<string[]> => {
  const deadline = performance.now() + graceMs;
  while (true) {
    const expected = await truth(world);
    const lines = await world.lines();
    const problems = (await Promise.all(lines.map((line) => problemsOf(line, expected)))).flat();
    for (const line of lines) line.close();
    // Failures of the database or the network end no process.
    for (const [number, node] of world.nodes.entries())
      if (/ died /.test(node.output())) problems.push(`a process of node ${number} died:\n${node.output()}`);
    if (problems.length === 0 || performance.now() > deadline) return problems;
    await after(100);
  }
};

import { adminToken, startEdgePair } from "../support/edge.ts";
import { median } from "./process.ts";

/**
 * `node test/bench/propagation.bench.ts [writes]`: how long after the Admin API was asked for a change two Workers of
 * Miniflare serve it, looking once a second or with a socket, under requests that never pause.
 */
const writes = Number(process.argv[2] ?? 30);

const measure = async (name: string, env: Record<string, string>): Promise<void> => {
  const pair = await startEdgePair(env);
  const send = async (method: string, path: string, body: unknown): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${pair.adminPort}${path}`, {
      method,
      headers: { Authorization: `Bearer ${adminToken}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await response.text());
    await response.text();
  };
  const id = "6f1b0c56-3c0a-4f0e-9a43-0e6f7b0c3a11";
  await send("PUT", "/routes/r", { paths: ["/"] });
  const write = (n: number) =>
    send("PUT", `/routes/r/plugins/${id}`, {
      name: "request-termination",
      config: { status_code: 200, message: `n${n}` },
    });
  const until = async (port: number, n: number): Promise<number> => {
    for (;;) {
      const response = await fetch(`http://127.0.0.1:${port}/`);
      if ((await response.text()).includes(`"n${n}"`)) return performance.now();
    }
  };
  const answered: number[] = [];
  const seen: number[] = [];
  for (let n = 0; n < writes; n++) {
    // Not in step with the looks.
    await new Promise((resolve) => setTimeout(resolve, 1_000 * ((n * 0.618) % 1)));
    const beganMs = performance.now();
    const all = Promise.all(pair.ports.map((port) => until(port, n)));
    await write(n);
    const answeredMs = performance.now();
    answered.push(answeredMs - beganMs);
    seen.push(...(await all).map((atMs) => Math.max(0, atMs - answeredMs)));
  }
  const sorted = seen.toSorted((a, b) => a - b);
  console.log(
    `${name}: answered ${median(answered).toFixed(1)} ms, then served by each ${median(seen).toFixed(1)} ms, ` +
      `p95 ${sorted[Math.floor(sorted.length * 0.95)]!.toFixed(1)} ms`,
  );
  await pair.close();
};

await measure("one look a second", { DB_UPDATE_FREQUENCY: "1" });
await measure("with the socket", { DB_UPDATE_FREQUENCY: "1", EVENTS_SOCKET: "on" });

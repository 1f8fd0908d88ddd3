import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import { ask } from "../support/client.ts";
import { adminToken, startEdge, startEdgePair } from "../support/edge.ts";

const open: { close(): unknown }[] = [];
afterAll(async () => {
  await Promise.all(open.map((one) => one.close()));
});

interface Node {
  readonly port: number;
  isWell: boolean;
  /** Requests of clients. */
  served: number;
  probes: number;
}

const startNode = (): Promise<Node> =>
  new Promise((resolve) => {
    const server: Server = createServer((request, response) => {
      if (request.url === "/probe") node.probes++;
      else node.served++;
      response.writeHead(node.isWell ? 200 : 500).end();
    });
    const node = { port: 0, isWell: true, served: 0, probes: 0 };
    open.push({
      close: () => {
        server.close();
        server.closeAllConnections();
      },
    });
    server.listen(0, "127.0.0.1", () =>
      resolve(Object.assign(node, { port: (server.address() as AddressInfo).port })),
    );
  });

/** A service on an upstream with these targets, each probed. */
const probed = (nodes: readonly Node[]) => ({
  services: [{ name: "s", host: "ups", routes: [{ name: "r", paths: ["/"] }] }],
  upstreams: [
    {
      name: "ups",
      targets: nodes.map(({ port }) => ({ target: `127.0.0.1:${port}` })),
      healthchecks: {
        active: {
          http_path: "/probe",
          healthy: { interval: 0.2, successes: 1 },
          unhealthy: { interval: 0.2, http_failures: 2 },
        },
      },
    },
  ],
});

test("at the edge one object probes, and every isolate goes past who is down until it is well", async () => {
  const nodes = await Promise.all([startNode(), startNode()]);
  const edge = await startEdge(probed(nodes));
  open.push(edge);
  const statuses = async (): Promise<number[]> => {
    const found: number[] = [];
    for (let i = 0; i < 6; i++) found.push((await ask(edge.port, { path: "/" })).status);
    return found;
  };
  const [ill] = nodes;
  await expect
    .poll(async () => [await statuses(), nodes.every(({ probes }) => probes > 0)][1], { timeout: 20_000 })
    .toBe(true);
  ill.isWell = false;
  await expect.poll(statuses, { timeout: 20_000 }).toEqual([200, 200, 200, 200, 200, 200]);
  const before = ill.served;
  await statuses();
  expect(ill.served).toBe(before);
  ill.isWell = true;
  await expect
    .poll(
      async () => {
        await statuses();
        return ill.served;
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThan(before);
});

test("at the edge the Admin API tells who is down, and an operator's word reaches every Worker", async () => {
  const nodes = await Promise.all([startNode(), startNode()]);
  const pair = await startEdgePair({ DB_UPDATE_FREQUENCY: "0" });
  open.push(pair);
  const admin = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`http://127.0.0.1:${pair.adminPort}${path}`, {
      method,
      headers: { Authorization: `Bearer ${adminToken}`, "Content-Type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
  await admin("PUT", "/declarative", { _format_version: "3.0", ...probed(nodes) });
  const ask2 = () => Promise.all(pair.ports.map(async (port) => (await ask(port, { path: "/" })).status));
  const health = async (): Promise<Record<string, string>> => {
    await ask2();
    const { data } = (await admin("GET", "/upstreams/ups/health")) as {
      data: { target: string; health: string }[];
    };
    return Object.fromEntries(data.map(({ target, health }) => [target, health]));
  };
  const [ill, well] = nodes;
  const [down, up] = [`127.0.0.1:${ill.port}`, `127.0.0.1:${well.port}`];
  ill.isWell = false;
  await expect.poll(health, { timeout: 20_000 }).toEqual({ [down]: "UNHEALTHY", [up]: "HEALTHY" });
  // Who is down is not probed any more: nothing overrules the operator.
  await admin("PATCH", "/upstreams/ups", { healthchecks: { active: { unhealthy: { interval: 0 } } } });
  await admin("PUT", `/upstreams/ups/targets/${up}/unhealthy`);
  await expect.poll(ask2, { timeout: 20_000 }).toEqual([503, 503]);
  await expect.poll(health, { timeout: 20_000 }).toEqual({ [down]: "UNHEALTHY", [up]: "UNHEALTHY" });
}, 60_000);

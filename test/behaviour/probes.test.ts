import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import { ask } from "../support/client.ts";
import { startEdge } from "../support/edge.ts";

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

test("at the edge one object probes, and every isolate goes past who is down until it is well", async () => {
  const nodes = await Promise.all([startNode(), startNode()]);
  const edge = await startEdge({
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

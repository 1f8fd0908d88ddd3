import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPlain, type RequestListener, type Server } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { certificateFor } from "../engine/certificate.ts";
import { ask } from "../support/client.ts";
import type { Edge } from "../support/edge.ts";

const folder = mkdtempSync(path.join(tmpdir(), "sallyport-roots-"));
const servers: Server[] = [];
let edges: readonly Edge[] = [];

const listen = async (server: Server, host: string): Promise<number> => {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
};

/** Answers with what it was asked for, and by which name the client looked for it. */
const tells: RequestListener = ({ headers, socket }, response) => {
  response.end(
    JSON.stringify({ host: headers.host, sni: (socket as TLSSocket).servername, by: socket.localAddress }),
  );
};

beforeAll(async () => {
  const shown = await certificateFor("shop.test", "upstream.test");
  const stranger = await certificateFor("shop.test");
  const roots = path.join(folder, "roots.pem");
  writeFileSync(roots, shown.chain);
  // Read when the runtime's module is loaded.
  process.env["NODE_EXTRA_CA_CERTS"] = roots;
  const { startEdge } = await import("../support/edge.ts");
  const secure = await listen(createServer({ cert: shown.chain, key: shown.key }, tells), "127.0.0.1");
  const unknown = await listen(createServer({ cert: stranger.chain, key: stranger.key }, tells), "127.0.0.1");
  const [first, second] = [
    await listen(createPlain(tells), "127.0.0.2"),
    await listen(createPlain(tells), "127.0.0.3"),
  ];
  const document = {
    services: [
      { name: "own", url: `https://127.0.0.1:${secure}`, routes: [{ paths: ["/own"], preserve_host: true }] },
      {
        name: "stranger",
        url: `https://127.0.0.1:${unknown}`,
        routes: [{ paths: ["/stranger"], preserve_host: true }],
      },
      { name: "pool", url: "http://pool.test", routes: [{ paths: ["/pool"] }] },
      { name: "tls-pool", url: "https://upstream.test", routes: [{ paths: ["/tls-pool"] }] },
    ],
    upstreams: [
      {
        name: "pool.test",
        host_header: "pool.test",
        targets: [`127.0.0.2:${first}`, `127.0.0.3:${second}`, `127.0.0.4:${second}`].map((target) => ({
          target,
        })),
      },
      { name: "upstream.test", host_header: "upstream.test", targets: [{ target: `127.0.0.1:${secure}` }] },
    ],
  };
  edges = [await startEdge(document), await startEdge(document, {}, true)];
}, 60_000);

afterAll(async () => {
  for (const edge of edges) await edge.close();
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  rmSync(folder, { recursive: true });
});

const get = async (
  at: number,
  where: string,
  ...headers: string[]
): Promise<[number, Record<string, string>]> => {
  const { status, body } = await ask(edges[at]!.port, { path: where, headers });
  return [status, status === 200 ? (JSON.parse(body) as Record<string, string>) : {}];
};

describe.each([
  ["a connection each", 0],
  ["connections that objects hold", 1],
])("by sockets, with %s,", (_, at) => {
  test("a client's Host goes to an https upstream, which proves that name by a certificate it is asked for", async () => {
    expect(await get(at, "/own", "Host", "shop.test")).toEqual([
      200,
      { host: "shop.test", sni: "shop.test", by: "127.0.0.1" },
    ]);
  });

  test("an upstream that can't prove the name is 502", async () => {
    expect((await get(at, "/own", "Host", "other.test"))[0]).toBe(502);
  });

  test("an upstream whose root nobody trusts is 502", async () => {
    expect((await get(at, "/stranger", "Host", "shop.test"))[0]).toBe(502);
  });

  test("an upstream of addresses is asked by its host_header at each address in turn, and past one that is dead", async () => {
    const found = new Set<string>();
    for (let i = 0; i < 9; i++) {
      const [status, { host, by }] = await get(at, "/pool");
      expect([status, host]).toEqual([200, expect.stringMatching(/^pool\.test:\d+$/)]);
      found.add(by!);
    }
    expect([...found].sort()).toEqual(["127.0.0.2", "127.0.0.3"]);
  });

  test("an address behind TLS proves the host_header, not itself", async () => {
    expect(await get(at, "/tls-pool")).toEqual([
      200,
      {
        host: expect.stringMatching(/^upstream\.test:\d+$/) as string,
        sni: "upstream.test",
        by: "127.0.0.1",
      },
    ]);
  });
});

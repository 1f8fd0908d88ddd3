import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "../support/client.ts";
import { MemoryNameServers } from "../support/dns.ts";
import { type DohServer, startDoh } from "../support/doh.ts";
import { type Edge, startEdge } from "../support/edge.ts";

/** Two addresses of one port that tell themselves and what Host they were asked for; others of loopback are dead. */
const startTwo = async (): Promise<{ port: number; servers: Server[] }> => {
  const tells = (): Server =>
    createServer(({ headers, socket }, response) => {
      response.end(JSON.stringify({ by: socket.localAddress, host: headers.host }));
    });
  const servers = [tells(), tells()];
  await new Promise<void>((resolve) => servers[0]!.listen(0, "127.0.0.1", resolve));
  const { port } = servers[0]!.address() as AddressInfo;
  await new Promise<void>((resolve) => servers[1]!.listen(port, "127.0.0.2", resolve));
  return { port, servers };
};

describe("at the edge, with DNS over HTTPS", () => {
  let [edge, doh]: [Edge?, DohServer?] = [];
  let upstreams: Server[] = [];
  let port = 0;
  const names = new MemoryNameServers();

  beforeAll(async () => {
    ({ port, servers: upstreams } = await startTwo());
    names.put("node.test", ["127.0.0.1", "127.0.0.2"]);
    names.put("half.test", ["127.0.0.3", "127.0.0.1", "127.0.0.4", "127.0.0.2"]);
    names.put("brief.test", ["127.0.0.1"], 1);
    names.put("v6.test", ["::1", "127.0.0.2"]);
    names.zone.set("v6.test A", "NXDOMAIN");
    names.putServices("_http._tcp.up.test", [["node.test", port, 1, 0]]);
    names.putServices("named.test", [
      ["first.test", port, 3, 0],
      ["second.test", port, 1, 0],
      ["later.test", port, 9, 1],
    ]);
    names.put("first.test", ["127.0.0.1"]);
    names.put("second.test", ["127.0.0.2"]);
    doh = await startDoh("memory", names);
    const service = (name: string, host: string, own = false) => ({
      name,
      host,
      port,
      routes: [{ name, paths: [`/${name}`], preserve_host: own }],
    });
    const upstream = (name: string, target: string, hostHeader?: string) => ({
      name,
      targets: [{ target }],
      ...(hostHeader !== undefined && { host_header: hostHeader }),
    });
    edge = await startEdge(
      {
        services: [
          service("direct", "_http._tcp.up.test"),
          service("balanced", "ups"),
          service("none", "_http._tcp.gone.test"),
          service("own", "node.test", true),
          service("past", "half.test", true),
          service("brief", "brief.test", true),
          service("pool", "pool"),
          service("kept", "kept", true),
          service("weighed", "weighed"),
          service("platform", "localhost"),
          service("aaaa", "v6.test", true),
        ],
        upstreams: [
          upstream("ups", "_http._tcp.up.test:80"),
          upstream("pool", `half.test:${port}`, "shop.test"),
          upstream("kept", `half.test:${port}`),
          upstream("weighed", "named.test:80", "shop.test"),
        ],
      },
      { DNS_RESOLVER: doh.url },
    );
  });
  afterAll(async () => {
    await Promise.all([edge?.close(), doh?.close()]);
    for (const server of upstreams) server.close();
  });

  /** Who answered so many requests, how often each. */
  const answers = async (name: string, times: number, ...headers: string[]) => {
    const found: Record<string, number> = {};
    for (let i = 0; i < times; i++) {
      const { status, body } = await ask(edge!.port, { path: `/${name}`, headers });
      expect([name, status]).toEqual([name, 200]);
      const { by, host } = JSON.parse(body) as { by: string; host: string };
      found[`${by} ${host}`] = (found[`${by} ${host}`] ?? 0) + 1;
    }
    return found;
  };

  test.each(["direct", "balanced"])(
    "a service record leads a %s service to the addresses of its host, at its port",
    async (name) => {
      const asked = `_http._tcp.up.test:${port}`;
      expect(await answers(name, 4)).toEqual({ [`127.0.0.1 ${asked}`]: 2, [`127.0.0.2 ${asked}`]: 2 });
    },
  );

  test("a service that does not exist is told as 503", async () => {
    const response = await ask(edge!.port, { path: "/none" });
    expect([response.status, response.body]).toEqual([
      503,
      expect.stringContaining("name resolution failed"),
    ]);
  });

  test("a client's Host goes to each address of the name in turn", async () => {
    expect(await answers("own", 4, "Host", "shop.test")).toEqual({
      "127.0.0.1 shop.test": 2,
      "127.0.0.2 shop.test": 2,
    });
  });

  test.each(["past", "kept"])("the dead addresses of a name are tried past (%s)", async (name) => {
    const found = await answers(name, 8, "Host", "shop.test");
    expect(Object.keys(found).toSorted()).toEqual(["127.0.0.1 shop.test", "127.0.0.2 shop.test"]);
  });

  test("an upstream with a Host of its own is balanced over the addresses of its targets' names", async () => {
    const found = await answers("pool", 8);
    expect(Object.keys(found).toSorted()).toEqual([
      `127.0.0.1 shop.test:${port}`,
      `127.0.0.2 shop.test:${port}`,
    ]);
  });

  test("a name with services has their ports and weights, and the lowest priority only", async () => {
    const asked = `shop.test:${port}`;
    expect(await answers("weighed", 8)).toEqual({ [`127.0.0.1 ${asked}`]: 6, [`127.0.0.2 ${asked}`]: 2 });
  });

  test("a name without IPv4 addresses leads to its IPv6 ones", async () => {
    const { status } = await ask(edge!.port, { path: "/aaaa", headers: ["Host", "shop.test"] });
    // Nobody listens there.
    expect([status, names.asked]).toEqual([502, expect.arrayContaining(["v6.test AAAA"])]);
  });

  test("a name is asked for once within its ttl, and followed when it is over", async () => {
    const where = async () => Object.keys(await answers("brief", 1, "Host", "shop.test"))[0];
    expect(await where()).toBe("127.0.0.1 shop.test");
    names.put("brief.test", ["127.0.0.2"], 60);
    await expect.poll(where, { timeout: 10_000 }).toBe("127.0.0.2 shop.test");
    const count = (question: string): number => names.asked.filter((one) => one === question).length;
    await answers("own", 2, "Host", "shop.test");
    expect(count("node.test A")).toBe(1);
  });

  test("what goes by fetch keeps its name: nobody is asked for it", async () => {
    expect(await answers("platform", 1)).toEqual({ [`127.0.0.1 localhost:${port}`]: 1 });
    expect(names.asked.filter((one) => one.startsWith("localhost"))).toEqual([]);
  });
});

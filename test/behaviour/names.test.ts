import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "../support/client.ts";
import { MemoryNameServers } from "../support/dns.ts";
import { type DohServer, startDoh } from "../support/doh.ts";
import { type Edge, startEdge } from "../support/edge.ts";
import { startUpstream, type Upstream } from "../support/upstream.ts";

describe("at the edge, with DNS over HTTPS", () => {
  let [edge, upstream, doh]: [Edge?, Upstream?, DohServer?] = [];
  const servers = new MemoryNameServers();

  beforeAll(async () => {
    upstream = await startUpstream();
    servers.putServices("_http._tcp.up.test", [["localhost", upstream.port, 1, 0]]);
    doh = await startDoh("memory", servers);
    const service = (name: string, host: string) => ({ name, host, routes: [{ name, paths: [`/${name}`] }] });
    edge = await startEdge(
      {
        services: [
          service("direct", "_http._tcp.up.test"),
          service("balanced", "ups"),
          service("none", "_http._tcp.gone.test"),
        ],
        upstreams: [{ name: "ups", targets: [{ target: "_http._tcp.up.test:80" }] }],
      },
      { DNS_RESOLVER: doh.url },
    );
  });
  afterAll(async () => {
    await Promise.all([edge?.close(), upstream?.close(), doh?.close()]);
  });

  test.each(["direct", "balanced"])(
    "a service record leads a %s service to its host and port",
    async (name) => {
      for (let i = 0; i < 3; i++) expect((await ask(edge!.port, { path: `/${name}` })).status).toBe(200);
    },
  );

  test("a service that does not exist is told as 503", async () => {
    const response = await ask(edge!.port, { path: "/none" });
    expect([response.status, response.body]).toEqual([
      503,
      expect.stringContaining("name resolution failed"),
    ]);
  });

  test("each is asked for once, and no host at all", () => {
    expect(servers.asked.toSorted()).toEqual(["_http._tcp.gone.test SRV", "_http._tcp.up.test SRV"]);
  });
});

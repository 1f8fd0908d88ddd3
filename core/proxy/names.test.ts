import { describe, expect, test } from "vitest";
import { memoryDns, type MemoryDns } from "../../test/support/dns.ts";
import { gatewayOn, oneRoute, type TestGateway } from "../../testing/index.ts";

const upstream = (targets: readonly Record<string, unknown>[], rest: Record<string, unknown> = {}) => ({
  services: [{ name: "s", host: "ups", routes: [{ name: "r", paths: ["/t"] }] }],
  upstreams: [{ name: "ups", targets, ...rest }],
});

/** A gateway whose clock is the DNS client's. */
const named = (
  document: Record<string, unknown>,
  prepare: (dns: MemoryDns) => void,
): TestGateway & { dns: MemoryDns; hosts(): string[]; get(count?: number): Promise<number> } => {
  const dns = memoryDns({ order: ["SRV", "A", "AAAA", "CNAME"] });
  prepare(dns);
  const all = gatewayOn(document, { ports: { dns: dns.client, clock: dns.clock } });
  return {
    ...all,
    dns,
    hosts: () => all.ports.transport.sent.map(({ address }) => `${address.host}:${address.port}`),
    get: async (count = 1) => {
      let status = 0;
      for (let i = 0; i < count; i++) ({ status } = await all.client.send({ target: "/t" }));
      return status;
    },
  };
};

describe("a service by name", () => {
  test("is sent to each address of its name in turn, and asked for by its name", async () => {
    const all = named(oneRoute(), ({ servers }) => servers.put("upstream.test", ["10.0.0.1", "10.0.0.2"]));
    await all.get(4);
    expect([...all.hosts()].sort()).toEqual([
      "10.0.0.1:8080",
      "10.0.0.1:8080",
      "10.0.0.2:8080",
      "10.0.0.2:8080",
    ]);
    expect(all.ports.transport.sent[0]!.request.headers[1]).toBe("upstream.test:8080");
  });

  test("is tried again at an address that did not fail", async () => {
    const all = named(oneRoute(), ({ servers }) => servers.put("upstream.test", ["10.0.0.1", "10.0.0.2"]));
    all.ports.transport.answer = ({ address }) =>
      address.host === "10.0.0.1" ? { failure: "connect_refused", requestSent: false } : { status: 200 };
    for (let i = 0; i < 4; i++) expect(await all.get()).toBe(200);
  });

  test("goes to the port of its service record", async () => {
    const all = named(oneRoute(), ({ servers }) => {
      servers.putServices("upstream.test", [["node.test", 9999, 1, 1]]);
      servers.put("node.test", ["10.0.0.7"]);
    });
    await all.get();
    expect(all.hosts()).toEqual(["10.0.0.7:9999"]);
  });

  test("that has no address is answered with 503, and with 200 once it has one", async () => {
    const all = named(oneRoute(), () => undefined);
    const response = await all.client.send({ target: "/t" });
    expect([response.status, JSON.parse(response.body)]).toEqual([
      503,
      { message: "name resolution failed", request_id: expect.any(String) as string },
    ]);
    all.dns.servers.put("upstream.test", ["10.0.0.1"]);
    all.dns.clock.advance(30_001);
    expect(await all.get()).toBe(200);
  });
});

describe("a target by name", () => {
  test("stands for all addresses of its name, by its weight", async () => {
    const all = named(
      upstream([
        { target: "a.test:80", weight: 10 },
        { target: "10.0.0.9:80", weight: 20 },
      ]),
      ({ servers }) => servers.put("a.test", ["10.0.0.1", "10.0.0.2"]),
    );
    await all.get(40);
    const count = (host: string): number => all.hosts().filter((found) => found === host).length;
    expect(["10.0.0.1:80", "10.0.0.2:80", "10.0.0.9:80"].map(count)).toEqual([10, 10, 20]);
    expect(all.dns.servers.asked).toHaveLength(2);
  });

  test("follows its name when the ttl is over, without a request waiting", async () => {
    const all = named(upstream([{ target: "a.test:80" }]), ({ servers }) =>
      servers.put("a.test", ["10.0.0.1"], 5),
    );
    await all.get();
    all.dns.servers.put("a.test", ["10.0.0.2"], 5);
    all.dns.clock.advance(5001);
    await all.get();
    expect(all.hosts().at(-1)).toBe("10.0.0.1:80");
    await all.gateway.upstreamState("ups");
    await all.get();
    expect(all.hosts().at(-1)).toBe("10.0.0.2:80");
  });

  test("keeps its addresses while no server answers", async () => {
    const all = named(upstream([{ target: "a.test:80" }]), ({ servers }) =>
      servers.put("a.test", ["10.0.0.1"], 5),
    );
    await all.get();
    for (const key of all.dns.servers.zone.keys()) all.dns.servers.zone.set(key, "silence");
    for (let i = 0; i < 20; i++) {
      all.dns.clock.advance(6000);
      expect(await all.get()).toBe(200);
    }
  });

  test("with services has their ports and weights, and the lowest priority only", async () => {
    const all = named(upstream([{ target: "svc.test:80", weight: 1 }]), ({ servers }) => {
      servers.putServices("svc.test", [
        ["n1.test", 8001, 5, 0],
        ["n2.test", 8002, 15, 0],
        ["n3.test", 8003, 99, 10],
      ]);
      for (const n of [1, 2, 3]) servers.put(`n${n}.test`, [`10.0.0.${n}`]);
    });
    await all.get(40);
    const count = (host: string): number => all.hosts().filter((found) => found === host).length;
    expect(["10.0.0.1:8001", "10.0.0.2:8002", "10.0.0.3:8003"].map(count)).toEqual([10, 30, 0]);
  });

  test.each([
    [false, "svc.test:8001"],
    [true, "n1.test:8001"],
  ])("with use_srv_name %s is asked for as %s", async (use_srv_name, host) => {
    const all = named(upstream([{ target: "svc.test:80" }], { use_srv_name }), ({ servers }) => {
      servers.putServices("svc.test", [["n1.test", 8001, 1, 0]]);
      servers.put("n1.test", ["10.0.0.1"]);
    });
    await all.get();
    expect(all.ports.transport.sent[0]!.request.headers[1]).toBe(host);
  });

  test("whose ttl is 0 is resolved for each request", async () => {
    const all = named(upstream([{ target: "a.test:80" }]), ({ servers }) =>
      servers.put("a.test", ["10.0.0.1"], 0),
    );
    await all.get();
    all.dns.servers.put("a.test", ["10.0.0.2"], 0);
    await all.get();
    expect(all.hosts()).toEqual(["10.0.0.1:80", "10.0.0.2:80"]);
  });

  test("that leads nowhere leaves the others", async () => {
    const all = named(upstream([{ target: "gone.test:80" }, { target: "10.0.0.9:80" }]), () => undefined);
    await all.get(3);
    expect(new Set(all.hosts())).toEqual(new Set(["10.0.0.9:80"]));
    const state = await all.gateway.upstreamState("ups");
    expect(state?.targets.map(({ dns }) => dns)).toEqual(["ip", "error"]);
  });

  test("whose services have no address is gone past; alone it is told as 503", async () => {
    const dead = ({ servers }: MemoryDns): void =>
      servers.putServices("svc.test", [["nothere.test", 8001, 1, 0]]);
    const beside = named(upstream([{ target: "svc.test:80" }, { target: "10.0.0.9:80" }]), dead);
    for (let i = 0; i < 4; i++) expect(await beside.get()).toBe(200);
    expect(await named(upstream([{ target: "svc.test:80" }]), dead).get()).toBe(503);
  });

  test("keeps its keys at their address when the name is resolved again", async () => {
    const document = upstream([{ target: "a.test:80" }], { hash_on: "header", hash_on_header: "x-key" });
    const ips = Array.from({ length: 8 }, (_, i) => `10.0.0.${i + 1}`);
    const all = named(document, ({ servers }) => servers.put("a.test", ips, 5));
    const visit = async (): Promise<string[]> => {
      const from = all.hosts().length;
      for (let n = 0; n < 30; n++) await all.client.send({ target: "/t", headers: [["X-Key", `k${n}`]] });
      return all.hosts().slice(from);
    };
    const before = await visit();
    all.dns.servers.put("a.test", [...ips].reverse(), 5);
    all.dns.clock.advance(5001);
    await all.get();
    expect(await visit()).toEqual(before);
  });
});

test("a cached name costs a request no turn of the event loop", async () => {
  const all = named(oneRoute(), ({ servers }) => servers.put("upstream.test", ["10.0.0.1"]));
  await all.get();
  void all.client.send({ target: "/t" });
  expect(all.ports.transport.sent).toHaveLength(2);
});

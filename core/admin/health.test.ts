import { describe, expect, test } from "vitest";
import type { AddressState, GroupState, TargetState } from "../balancer/index.ts";
import { adminInMemory, type TestAdmin } from "../../test/support/admin.ts";

const address = (host: string, rest: Partial<AddressState> = {}): AddressState => ({
  host,
  port: 80,
  weight: 100,
  isHealthy: true,
  connections: 0,
  checkedAtMs: undefined,
  successes: 0,
  httpFailures: 0,
  tcpFailures: 0,
  timeouts: 0,
  ...rest,
});
const target = (
  host: string,
  addresses: readonly AddressState[],
  dns: TargetState["dns"] = "A",
): TargetState => ({
  host,
  port: 80,
  weight: 100,
  dns,
  addresses,
});

const withUpstream = async (
  state: GroupState,
  targets: readonly string[],
): Promise<TestAdmin & { marked: unknown[] }> => {
  const marked: unknown[] = [];
  const admin = adminInMemory(undefined, {
    health: { state: async () => state, mark: (...word) => void marked.push(word) },
  });
  const healthchecks = { passive: { unhealthy: { tcp_failures: 1 } } };
  await admin.send("POST", "/upstreams", { name: "u", healthchecks });
  for (const name of targets) await admin.send("POST", "/upstreams/u/targets", { target: name });
  return { ...admin, marked };
};

describe("the health of an upstream", () => {
  test("shows every address of a name, what was counted, and its last check", async () => {
    const addresses = [
      address("10.0.0.1", { isHealthy: false, checkedAtMs: 1_700_000_000_500, connections: 2 }),
      address("10.0.0.2", { tcpFailures: 1 }),
    ];
    const admin = await withUpstream({ isHealthy: true, targets: [target("a.test", addresses)] }, [
      "a.test:80",
    ]);
    const { body } = await admin.send("GET", "/upstreams/u/health");
    const counts = { successes: 0, http_failures: 0, tcp_failures: 0, timeouts: 0 };
    expect((body["data"] as unknown[])[0]).toMatchObject({
      target: "a.test:80",
      health: "HEALTHY",
      data: {
        host: "a.test",
        port: 80,
        dns: "A",
        nodeWeight: 100,
        weight: { total: 200, available: 100, unavailable: 100 },
        addresses: [
          {
            ip: "10.0.0.1",
            port: 80,
            weight: 100,
            health: "UNHEALTHY",
            connections: 2,
            counts,
            last_check: 1_700_000_000.5,
          },
          { ip: "10.0.0.2", health: "HEALTHY", counts: { ...counts, tcp_failures: 1 }, last_check: null },
        ],
      },
    });
  });

  test("is DNS_ERROR for a target whose name leads nowhere, UNHEALTHY when no address is left", async () => {
    const state: GroupState = {
      isHealthy: false,
      targets: [target("a.test", [], "error"), target("b.test", [address("10.0.0.1", { isHealthy: false })])],
    };
    const admin = await withUpstream(state, ["a.test:80", "b.test:80"]);
    const { body } = await admin.send("GET", "/upstreams/u/health");
    const rows = body["data"] as { target: string; health: string }[];
    expect(Object.fromEntries(rows.map((row) => [row.target, row.health]))).toEqual({
      "a.test:80": "DNS_ERROR",
      "b.test:80": "UNHEALTHY",
    });
    const whole = await admin.send("GET", "/upstreams/u/health?balancer_health=1");
    expect(whole.body["data"]).toMatchObject({
      balancer_health: "UNHEALTHY",
      details: { healthy: false, weight: { total: 100, available: 0, unavailable: 100 } },
    });
  });

  test("is overruled for a target, or for one of its addresses", async () => {
    const admin = await withUpstream({ isHealthy: true, targets: [] }, ["a.test:80"]);
    await admin.send("PUT", "/upstreams/u/targets/a.test:80/unhealthy");
    await admin.send("PUT", "/upstreams/u/targets/a.test:80/10.0.0.2:80/healthy");
    expect(admin.marked).toEqual([
      ["u", "a.test", 80, false],
      ["u", "10.0.0.2", 80, true],
    ]);
  });
});

describe("/status/dns", () => {
  test("tells what was counted for each name", async () => {
    const stats = { "a.test|A": { runs: 2, query: 1 } };
    const admin = adminInMemory(undefined, { dns: async () => stats });
    expect((await admin.send("GET", "/status/dns")).body).toEqual({ worker: { id: 0, count: 0 }, stats });
  });

  test("is not there when the platform resolves names", async () => {
    expect((await adminInMemory().send("GET", "/status/dns")).status).toBe(501);
  });
});

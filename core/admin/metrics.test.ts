import { describe, expect, test } from "vitest";
import type { AddressState, GroupState } from "../balancer/index.ts";
import { adminInMemory } from "../../test/support/admin.ts";

const worker = (pid: number, metrics: Record<string, number>) => ({
  pid,
  connectionsActive: 1,
  connectionsOpen: 3,
  connectionsAccepted: 5,
  requests: 7,
  heapBytes: 100,
  metrics,
  timers: { running: 1, waiting: 4, runs: 9, jobs: {} },
});

const linesOf = async (admin: { fetch(request: Request): Promise<Response> }): Promise<string[]> =>
  (await (await admin.fetch(new Request("http://admin.test/metrics"))).text()).split("\n");

test("what the workers counted is summed and told in families", async () => {
  const series = 'kong_http_requests_total{service="s"}';
  const workers = [
    worker(1, { [series]: 2 }),
    worker(2, { [series]: 3, 'kong_kong_latency_ms_bucket{le="1"}': 4 }),
  ];
  const admin = adminInMemory(undefined, {
    counts: () => Promise.resolve(workers),
    dicts: () => [{ name: "kong_locks", capacityBytes: 8192, allocatedBytes: 128 }],
  });
  const response = await admin.fetch(new Request("http://admin.test/metrics"));
  expect(response.headers.get("content-type")).toBe("text/plain; charset=UTF-8");
  const lines = (await response.text()).split("\n");
  expect(lines).toContain(`${series} 5`);
  expect(lines).toContain("# TYPE kong_kong_latency_ms histogram");
  expect(lines).toContain("kong_datastore_reachable 1");
  expect(lines).toContain('kong_nginx_timers{state="running"} 2');
  expect(lines).toContain('kong_nginx_timers{state="pending"} 8');
  expect(lines.find((line) => line.startsWith("kong_nginx_requests_total"))).toMatch(
    /subsystem="http"\} 14$/,
  );
  const locks = lines.filter((line) => line.includes('shared_dict="kong_locks",kong_subsystem="http"'));
  expect(locks.map((line) => line.split(" ")[1])).toEqual(["128", "8192"]);
  expect(lines.find((line) => line.startsWith("kong_node_info"))).toMatch(/version="3.9.1"\} 1$/);
  expect(lines.filter((line) => line.startsWith("# TYPE kong_http_requests_total"))).toHaveLength(1);
});

describe("the health of targets", () => {
  const address = (host: string, isHealthy: boolean): AddressState => ({
    host,
    port: 80,
    weight: 100,
    isHealthy,
    connections: 0,
    checkedAtMs: undefined,
    successes: 0,
    httpFailures: 0,
    tcpFailures: 0,
    timeouts: 0,
  });
  const target = { port: 80, weight: 100, dns: "A" } as const;
  const state: GroupState = {
    isHealthy: true,
    targets: [
      { ...target, host: "a.test", addresses: [address("10.0.0.1", true), address("10.0.0.2", false)] },
      { ...target, host: "b.test", dns: "error", addresses: [] },
    ],
  };
  const told = async (config: Record<string, unknown>, healthchecks?: unknown): Promise<string[]> => {
    const admin = adminInMemory(undefined, { health: { state: async () => state, mark: () => undefined } });
    await admin.send("POST", "/plugins", { name: "prometheus", config });
    await admin.send("POST", "/upstreams", {
      name: "u",
      ...(healthchecks !== undefined && { healthchecks }),
    });
    for (const name of ["a.test:80", "b.test:80"])
      await admin.send("POST", "/upstreams/u/targets", { target: name });
    return (await linesOf(admin)).filter((line) => line.startsWith("kong_upstream_target_health{")).sort();
  };
  const passive = { passive: { unhealthy: { tcp_failures: 1 } } };
  const is = (line: string): boolean => line.endsWith(" 1");

  test("is told for each address, in each state", async () => {
    const lines = await told({ upstream_health_metrics: true }, passive);
    expect(lines).toHaveLength(12);
    const labels = (targetName: string, at: string, name: string): string =>
      `kong_upstream_target_health{upstream="u",target="${targetName}",address="${at}",state="${name}",subsystem="http"} 1`;
    expect(lines.filter(is)).toEqual([
      labels("a.test:80", "10.0.0.1:80", "healthy"),
      labels("a.test:80", "10.0.0.2:80", "unhealthy"),
      labels("b.test:80", "", "dns_error"),
    ]);
  });

  test("is healthchecks_off where nothing is checked", async () => {
    const lines = await told({ upstream_health_metrics: true });
    expect(lines.filter(is).every((line) => line.includes('state="healthchecks_off"'))).toBe(true);
  });

  test("is not told unless it is asked for", async () => {
    expect(await told({})).toEqual([]);
  });
});

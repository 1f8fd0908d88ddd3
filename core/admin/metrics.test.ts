import { expect, test } from "vitest";
import { metricsResource } from "./metrics.ts";
import type { NodeInformation } from "./information.ts";

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

test("what the workers counted is summed and told in families", async () => {
  const series = 'kong_http_requests_total{service="s"}';
  const node = { nodeId: "n", version: "3.9.1" } as unknown as NodeInformation;
  const workers = [
    worker(1, { [series]: 2 }),
    worker(2, { [series]: 3, 'kong_kong_latency_ms_bucket{le="1"}': 4 }),
  ];
  const response = await metricsResource(
    () => node,
    () => Promise.resolve(workers),
    () => [{ name: "kong_locks", capacityBytes: 8192, allocatedBytes: 128 }],
  ).GET();
  const lines = (await response.text()).split("\n");
  expect(response.headers.get("content-type")).toBe("text/plain; charset=UTF-8");
  expect(lines).toContain(`${series} 5`);
  expect(lines).toContain("# TYPE kong_kong_latency_ms histogram");
  expect(lines).toContain('kong_nginx_requests_total{node_id="n",subsystem="http"} 14');
  expect(lines).toContain('kong_nginx_timers{state="running"} 2');
  expect(lines).toContain('kong_nginx_timers{state="pending"} 8');
  const locks = 'node_id="n",shared_dict="kong_locks",kong_subsystem="http"';
  expect(lines).toContain(`kong_memory_lua_shared_dict_bytes{${locks}} 128`);
  expect(lines).toContain(`kong_memory_lua_shared_dict_total_bytes{${locks}} 8192`);
  expect(lines).toContain('kong_node_info{node_id="n",version="3.9.1"} 1');
  expect(lines.filter((line) => line.startsWith("# TYPE kong_http_requests_total"))).toHaveLength(1);
});

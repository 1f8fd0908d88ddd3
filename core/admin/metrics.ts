import { labelsOf } from "../pdk/index.ts";
import { addStatistics } from "../timers/index.ts";
import type { NodeInformation } from "./information.ts";
import type { DictUsage, WorkerCounts } from "./status.ts";
import { type Database, each } from "../store/index.ts";
import { type HealthSource, targetStates } from "./targethealth.ts";

type Kind = "counter" | "gauge" | "histogram";

/** Families in the order in which they are told. */
const families: Readonly<Record<string, readonly [Kind, string]>> = {
  kong_bandwidth_bytes: ["counter", "Bytes of requests (ingress) and responses (egress)"],
  kong_datastore_reachable: ["gauge", "1 when the datastore can be reached"],
  kong_http_requests_total: ["counter", "Requests by service, route and status"],
  kong_kong_latency_ms: ["histogram", "Milliseconds that the gateway itself took"],
  kong_memory_lua_shared_dict_bytes: ["gauge", "Bytes in use in a shared zone"],
  kong_memory_lua_shared_dict_total_bytes: ["gauge", "Bytes of a shared zone"],
  kong_memory_workers_lua_vms_bytes: ["gauge", "Bytes on the heap of a worker"],
  kong_nginx_connections_total: ["gauge", "Connections of clients by state"],
  kong_nginx_metric_errors_total: ["counter", "Failures to count"],
  kong_nginx_requests_total: ["gauge", "Requests received"],
  kong_nginx_timers: ["gauge", "Timers by state"],
  kong_node_info: ["gauge", "The node and its version"],
  kong_request_latency_ms: ["histogram", "Milliseconds of whole requests"],
  kong_upstream_target_health: ["gauge", "1 for the state that a target's address is in"],
  kong_upstream_latency_ms: ["histogram", "Milliseconds until the upstream answered"],
};

type Series = Map<string, number>;

const familyOf = (series: string): string => {
  const brace = series.indexOf("{");
  const name = brace < 0 ? series : series.slice(0, brace);
  return Object.hasOwn(families, name) ? name : name.replace(/_(?:bucket|count|sum)$/, "");
};

/** What is known of the node without any plugin. */
const nodeSeries = (
  node: NodeInformation,
  workers: readonly WorkerCounts[],
  dicts: readonly DictUsage[],
): Series => {
  const node_id = node.nodeId;
  const sum = (key: "connectionsActive" | "connectionsOpen" | "connectionsAccepted" | "requests"): number =>
    workers.reduce((total, worker) => total + worker[key], 0);
  const series: Series = new Map([
    ["kong_nginx_metric_errors_total", 0],
    [`kong_nginx_requests_total{${labelsOf({ node_id, subsystem: "http" })}}`, sum("requests")],
    [`kong_node_info{${labelsOf({ node_id, version: node.version })}}`, 1],
  ]);
  const connections = {
    accepted: sum("connectionsAccepted"),
    handled: sum("connectionsAccepted"),
    total: sum("requests"),
    active: sum("connectionsOpen"),
    reading: 0,
    writing: sum("connectionsActive"),
    waiting: Math.max(0, sum("connectionsOpen") - sum("connectionsActive")),
  };
  for (const [state, count] of Object.entries(connections))
    series.set(`kong_nginx_connections_total{${labelsOf({ node_id, subsystem: "http", state })}}`, count);
  const { running, waiting } = addStatistics(workers.map(({ timers }) => timers));
  series.set(`kong_nginx_timers{state="running"}`, running);
  series.set(`kong_nginx_timers{state="pending"}`, waiting);
  for (const { pid, heapBytes } of workers) {
    const labels = labelsOf({ node_id, pid: String(pid), kong_subsystem: "http" });
    series.set(`kong_memory_workers_lua_vms_bytes{${labels}}`, heapBytes);
  }
  for (const { name, capacityBytes, allocatedBytes } of dicts) {
    const labels = labelsOf({ node_id, shared_dict: name, kong_subsystem: "http" });
    series.set(`kong_memory_lua_shared_dict_bytes{${labels}}`, allocatedBytes);
    series.set(`kong_memory_lua_shared_dict_total_bytes{${labels}}`, capacityBytes);
  }
  return series;
};

/** Whether a plugin asks for the health of targets. */
const tellsHealth = async (database: Database): Promise<boolean> => {
  for await (const { values } of each(database, database.entities.get("plugins")!)) {
    const { name, enabled, config } = values;
    if (name === "prometheus" && enabled === true && (config as Config).upstream_health_metrics === true)
      return true;
  }
  return false;
};

type Config = Readonly<Record<string, unknown>>;

const healthSeries = async (database: Database, source: HealthSource): Promise<Series> => {
  const series: Series = new Map();
  if (!(await tellsHealth(database))) return series;
  for (const { value, ...labels } of await targetStates(database, source))
    series.set(`kong_upstream_target_health{${labelsOf({ ...labels, subsystem: "http" })}}`, value);
  return series;
};

/** What `/metrics` tells of. */
export interface MetricsSource {
  readonly node: () => NodeInformation;
  readonly counts: () => Promise<readonly WorkerCounts[]>;
  readonly dicts: () => readonly DictUsage[];
  readonly database: Database;
  readonly health: HealthSource;
}

/** `GET /metrics`: what every worker counted, summed, in the text format of Prometheus. */
export const metricsResource = ({ node, counts, dicts, database, health }: MetricsSource) => ({
  async GET(): Promise<Response> {
    const [workers, isReachable] = await Promise.all([counts(), database.store.ping()]);
    const series = nodeSeries(node(), workers, dicts());
    series.set("kong_datastore_reachable", isReachable ? 1 : 0);
    // Without its database a node still tells what it counted.
    if (isReachable)
      for (const [name, value] of await healthSeries(database, health)) series.set(name, value);
    for (const { metrics } of workers) {
      for (const [name, value] of Object.entries(metrics)) series.set(name, (series.get(name) ?? 0) + value);
    }
    const grouped = Map.groupBy(series, ([name]) => familyOf(name));
    let text = "";
    for (const [family, [kind, help]] of Object.entries(families)) {
      const lines = grouped.get(family);
      if (lines === undefined) continue;
      text += `# HELP ${family} ${help}\n# TYPE ${family} ${kind}\n`;
      for (const [name, value] of lines) text += `${name} ${value}\n`;
    }
    return new Response(text, { headers: { "Content-Type": "text/plain; charset=UTF-8" } });
  },
});

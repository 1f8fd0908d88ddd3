import { type AddressState, type GroupState, splitTarget, type TargetState } from "../balancer/index.ts";
import type { Entities } from "../entities/index.ts";
import { ipVersion } from "../schema/address.ts";
import { isObject } from "../schema/tree.ts";
import { type Database, each } from "../store/index.ts";
import { type AdminApp, json } from "./app.ts";
import type { Crud } from "./crud.ts";
import { listed } from "./listing.ts";

/** Where health comes from, and where an operator overrules it. */
export interface HealthSource {
  /** What this node knows of an upstream's targets; undefined when it knows nothing. */
  state(upstream: string): Promise<GroupState | undefined>;
  /** An operator's word on an address, or on all addresses of a target. */
  mark(upstream: string, host: string, port: number, isHealthy: boolean): void;
}

/** Without a balancer that checks, every address counts. */
export const unknownHealth: HealthSource = { state: async () => undefined, mark: () => undefined };

type Health = "HEALTHY" | "UNHEALTHY" | "HEALTHCHECKS_OFF" | "DNS_ERROR";

/** Whether anything in the row makes addresses change sides: an interval or a threshold above 0. */
const isChecked = (value: unknown): boolean => {
  if (!isObject(value)) return false;
  return Object.entries(value).some(([name, part]) =>
    counters.has(name) ? typeof part === "number" && part > 0 : isChecked(part),
  );
};

const counters: ReadonlySet<string> = new Set([
  "interval",
  "successes",
  "http_failures",
  "tcp_failures",
  "timeouts",
]);

/** What counts where nobody looked: a target is its one address, and well. */
const assumed = (target: string, weight: number): TargetState => {
  const { host, port } = splitTarget(target);
  const address = { host, port, weight, isHealthy: true, connections: 0, checkedAtMs: undefined };
  const counts = { successes: 0, httpFailures: 0, tcpFailures: 0, timeouts: 0 };
  return {
    host,
    port,
    weight,
    dns: ipVersion(host) === 0 ? "A" : "ip",
    addresses: [{ ...address, ...counts }],
  };
};

const weightOf = (
  addresses: readonly AddressState[],
): { total: number; available: number; unavailable: number } => {
  const sum = (of: readonly AddressState[]): number => of.reduce((all, { weight }) => all + weight, 0);
  const [total, available] = [sum(addresses), sum(addresses.filter(({ isHealthy }) => isHealthy))];
  return { total, available, unavailable: total - available };
};

/** An address as Kong shows it, with what was counted since it changed sides, and its last active check. */
const shownAddress = (address: AddressState) => ({
  ip: address.host,
  port: address.port,
  weight: address.weight,
  health: address.isHealthy ? "HEALTHY" : "UNHEALTHY",
  connections: address.connections,
  counts: {
    successes: address.successes,
    http_failures: address.httpFailures,
    tcp_failures: address.tcpFailures,
    timeouts: address.timeouts,
  },
  last_check: address.checkedAtMs === undefined ? null : address.checkedAtMs / 1000,
});

const shownTarget = ({ host, port, dns, weight, addresses }: TargetState) => ({
  host,
  port,
  dns,
  nodeWeight: weight,
  weight: weightOf(addresses),
  addresses: addresses.map(shownAddress),
});

const healthOf = ({ weight, dns, addresses }: TargetState, isOn: boolean): Health => {
  if (weight === 0 || !isOn) return "HEALTHCHECKS_OFF";
  if (dns === "error") return "DNS_ERROR";
  return addresses.some(({ isHealthy }) => isHealthy) ? "HEALTHY" : "UNHEALTHY";
};

/** `/upstreams/{upstreams}/health` and the endpoints that mark targets. */
export const healthResources = (
  app: AdminApp,
  database: Database,
  entities: Entities,
  crud: Crud,
  source: HealthSource,
  nodeId: () => string,
): void => {
  const upstreams = crud.keeper("upstreams");
  const keeper = crud.keeper("targets");
  const entity = entities.get("targets")!;
  const nothing = (): Response => json({ message: "Not found" }, 404);

  app.resource("/upstreams/:upstreams/health", {
    async GET(context) {
      const upstream = await upstreams.find(database, context.req.param("upstreams") ?? "");
      if (upstream === undefined) return nothing();
      const id = String(upstream.values["id"]);
      const rows = [];
      for await (const row of each(database, entity, { field: "upstream", id })) rows.push(row);
      const name = String(upstream.values["name"]);
      const isOn = isChecked(upstream.values["healthchecks"]);
      const known = await source.state(name);
      const targets = rows.map(({ values }) => {
        const { host, port } = splitTarget(String(values["target"]));
        const found = known?.targets.find((target) => target.host === host && target.port === port);
        return found ?? assumed(String(values["target"]), Number(values["weight"]));
      });
      const tail = { next: null, node_id: nodeId() };
      if (context.req.query("balancer_health") === "1") {
        const weight = weightOf(targets.flatMap(({ addresses }) => addresses));
        const isHealthy = known?.isHealthy ?? weight.available > 0;
        const verdict: Health = isHealthy ? "HEALTHY" : "UNHEALTHY";
        const hosts = targets.length === 0 ? {} : targets.map(shownTarget);
        return json({
          data: {
            id,
            health: isOn ? verdict : "HEALTHCHECKS_OFF",
            balancer_health: verdict,
            details: { healthy: isHealthy, hosts, weight },
          },
          ...tail,
        });
      }
      const shown = await listed(database, keeper, rows);
      const data = shown.map((row, i) => ({
        ...row,
        health: healthOf(targets[i]!, isOn),
        data: shownTarget(targets[i]!),
      }));
      return json({ data, ...tail });
    },
  });

  for (const state of ["healthy", "unhealthy"] as const) {
    for (const path of ["", "/:address"]) {
      app.resource(`/upstreams/:upstreams/targets/:targets${path}/${state}`, {
        async PUT(context) {
          const upstream = await upstreams.find(database, context.req.param("upstreams") ?? "");
          if (upstream === undefined) return nothing();
          const id = String(upstream.values["id"]);
          const parent = { field: "upstream", id };
          const target = await keeper.find(database, context.req.param("targets") ?? "", parent);
          if (target === undefined) return nothing();
          const { host, port } = splitTarget(context.req.param("address") ?? String(target.values["target"]));
          source.mark(String(upstream.values["name"]), host, port, state === "healthy");
          return json(undefined, 204);
        },
      });
    }
  }
};

import { type AddressState, splitTarget, type TargetState } from "../balancer/index.ts";
import type { Database } from "../store/index.ts";
import { type AdminApp, json } from "./app.ts";
import type { Crud } from "./crud.ts";
import { listed } from "./listing.ts";
import { type Health, healthOf, type HealthSource, targetsOf } from "./targethealth.ts";

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

/** `/upstreams/{upstreams}/health` and the endpoints that mark targets. */
export const healthResources = (
  app: AdminApp,
  database: Database,
  crud: Crud,
  source: HealthSource,
  nodeId: () => string,
): void => {
  const upstreams = crud.keeper("upstreams");
  const keeper = crud.keeper("targets");
  const nothing = (): Response => json({ message: "Not found" }, 404);

  app.resource("/upstreams/:upstreams/health", {
    async GET(context) {
      const upstream = await upstreams.find(database, context.req.param("upstreams") ?? "");
      if (upstream === undefined) return nothing();
      const id = String(upstream.values["id"]);
      const { rows, isOn, known, targets } = await targetsOf(database, upstream.values, source);
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

import type { Entities } from "../entities/index.ts";
import { type Database, each } from "../store/index.ts";
import { type AdminApp, json } from "./app.ts";
import type { Crud } from "./crud.ts";
import { listed } from "./listing.ts";

/** What is known of the health of a target. */
export interface TargetHealth {
  readonly health: "HEALTHY" | "UNHEALTHY" | "HEALTHCHECKS_OFF" | "DNS_ERROR";
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

/** Where health comes from, and where an operator overrules it. */
export interface HealthSource {
  target(upstreamId: string, targetId: string): Promise<TargetHealth>;
  /** @returns What is wrong; undefined when it is done. */
  mark(
    upstreamId: string,
    targetId: string,
    address: string | undefined,
    isHealthy: boolean,
  ): Promise<string | undefined>;
}

/** Without a balancer that checks, nothing is known. */
export const unknownHealth: HealthSource = {
  target: () => Promise.resolve({ health: "HEALTHCHECKS_OFF", data: undefined }),
  mark: () => Promise.resolve(undefined),
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
  const targets = entities.get("targets")!;
  const nothing = (): Response => json({ message: "Not found" }, 404);

  app.resource("/upstreams/:upstreams/health", {
    async GET(context) {
      const upstream = await upstreams.find(database, context.req.param("upstreams") ?? "");
      if (upstream === undefined) return nothing();
      const id = String(upstream.values["id"]);
      const rows = [];
      for await (const row of each(database, targets, { field: "upstream", id })) rows.push(row);
      const health = await Promise.all(rows.map((row) => source.target(id, String(row.values["id"]))));
      const tail = { next: null, node_id: nodeId() };
      if (context.req.query("balancer_health") === "1") {
        const total = rows.reduce((sum, { values }) => sum + Number(values["weight"]), 0);
        const isHealthy =
          total > 0 && health.some(({ health }) => health !== "UNHEALTHY" && health !== "DNS_ERROR");
        return json({
          data: {
            id,
            health: "HEALTHCHECKS_OFF",
            balancer_health: isHealthy ? "HEALTHY" : "UNHEALTHY",
            details: {
              healthy: isHealthy,
              hosts: {},
              weight: { total, available: isHealthy ? total : 0, unavailable: isHealthy ? 0 : total },
            },
          },
          ...tail,
        });
      }
      const shown = await listed(database, keeper, rows);
      return json({ data: shown.map((row, i) => ({ ...row, ...health[i]! })), ...tail });
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
          const address = context.req.param("address");
          const problem = await source.mark(id, String(target.values["id"]), address, state === "healthy");
          return problem === undefined ? json(undefined, 204) : json({ message: problem }, 400);
        },
      });
    }
  }
};

import type { Entities } from "../entities/index.ts";
import type { Values } from "../schema/index.ts";
import { ipVersion } from "../schema/address.ts";
import { splitHostPort } from "../schema/host.ts";
import { isObject } from "../schema/tree.ts";
import { type Database, each } from "../store/index.ts";
import { type AdminApp, json } from "./app.ts";
import type { Crud } from "./crud.ts";
import { listed } from "./listing.ts";

/** Where health comes from, and where an operator overrules it. */
export interface HealthSource {
  /** Whether an address of an upstream is served, as far as this node knows. */
  isHealthy(upstream: string, host: string, port: number): boolean;
  /** An operator's word on an address. */
  mark(upstream: string, host: string, port: number, isHealthy: boolean): void;
}

/** Without a balancer that checks, every address counts. */
export const unknownHealth: HealthSource = { isHealthy: () => true, mark: () => undefined };

type Health = "HEALTHY" | "UNHEALTHY" | "HEALTHCHECKS_OFF";

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

const addressOf = (target: string): { host: string; port: number } => {
  const { host, port = 8000 } = splitHostPort(target) ?? { host: target };
  return { host: host.replace(/^\[(.+)\]$/, "$1"), port: port ?? 8000 };
};

interface Known {
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  readonly isUp: boolean;
  readonly health: Health;
}

const detailed = ({ host, port, weight, isUp, health }: Known): Values => {
  const available = isUp ? weight : 0;
  return {
    health,
    data: {
      host,
      port,
      dns: ipVersion(host) === undefined ? "A" : "ip",
      nodeWeight: weight,
      weight: { total: weight, available, unavailable: weight - available },
      addresses: [{ ip: host, port, weight, health: isUp ? "HEALTHY" : "UNHEALTHY" }],
    },
  };
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
      const name = String(upstream.values["name"]);
      const isOn = isChecked(upstream.values["healthchecks"]);
      const known = rows.map(({ values }) => {
        const { host, port } = addressOf(String(values["target"]));
        const weight = Number(values["weight"]);
        const isUp = source.isHealthy(name, host, port);
        const health: Health = weight === 0 || !isOn ? "HEALTHCHECKS_OFF" : isUp ? "HEALTHY" : "UNHEALTHY";
        return { host, port, weight, isUp, health };
      });
      const tail = { next: null, node_id: nodeId() };
      if (context.req.query("balancer_health") === "1") {
        const sum = (of: typeof known): number => of.reduce((total, { weight }) => total + weight, 0);
        const [total, available] = [sum(known), sum(known.filter(({ isUp }) => isUp))];
        const threshold = Number((upstream.values["healthchecks"] as Values)["threshold"] ?? 0);
        const isHealthy = total > 0 && available > 0 && (available / total) * 100 >= threshold;
        const verdict: Health = isHealthy ? "HEALTHY" : "UNHEALTHY";
        return json({
          data: {
            id,
            health: isOn ? verdict : "HEALTHCHECKS_OFF",
            balancer_health: verdict,
            details: {
              healthy: isHealthy,
              hosts: {},
              weight: { total, available, unavailable: total - available },
            },
          },
          ...tail,
        });
      }
      const shown = await listed(database, keeper, rows);
      return json({ data: shown.map((row, i) => ({ ...row, ...detailed(known[i]!) })), ...tail });
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
          const { host, port } = addressOf(context.req.param("address") ?? String(target.values["target"]));
          source.mark(String(upstream.values["name"]), host, port, state === "healthy");
          return json(undefined, 204);
        },
      });
    }
  }
};

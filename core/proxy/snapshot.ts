import type { UpstreamTarget } from "../pdk/exchange.ts";
import type { RouteRow, ServiceRow } from "../entities/rows.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Planner } from "../pipeline/planner.ts";
import type { Router } from "../router/index.ts";
import type { ServiceTerms } from "./tls.ts";

/** A route compiled with all that its requests need. */
export class RouteTarget {
  readonly route: RouteRow;
  readonly service: ServiceRow | undefined;
  readonly plan: Plan;
  /** False when requests of any protocol fit: nothing to judge. */
  readonly needsProtocol: boolean;
  /** A method of gRPC is called by the path as it came: what routes strip is no part of a name. */
  readonly keepsPath: boolean;

  private readonly terms: ServiceTerms;

  constructor(route: RouteRow, service: ServiceRow | undefined, plan: Plan, terms: ServiceTerms) {
    this.terms = terms;
    this.route = route;
    this.service = service;
    this.plan = plan;
    this.needsProtocol = !(
      route.protocols.includes("http") && !route.protocols.some((p) => p.startsWith("grpc"))
    );
    this.keepsPath = service?.protocol === "grpc" || service?.protocol === "grpcs";
  }

  /** @param path Escaped, without the query. */
  upstreamTarget(path: string): UpstreamTarget {
    const service = this.service!;
    return {
      scheme: service.protocol,
      host: service.host,
      port: service.port,
      path,
      hostHeader: undefined,
      tls: this.terms.tls,
      limit: this.terms.limit,
      retries: service.retries,
      connectTimeoutMs: service.connect_timeout,
      writeTimeoutMs: service.write_timeout,
      readTimeoutMs: service.read_timeout,
    };
  }
}

/** A configuration, compiled and immutable. Requests keep the one they began with. */
export interface Snapshot {
  /** Counts up with each configuration of this gateway. */
  readonly version: number;
  readonly router: Router<RouteTarget>;
  readonly planner: Planner;
}

import type { PluginPhases } from "../pdk/plugin.ts";

/** One configured plugin, ready to run. */
export interface PluginInstance {
  readonly id: string;
  readonly name: string;
  readonly priority: number;
  readonly phases: PluginPhases;
}

/** `route:service` of a configuration; either may be empty. */
export const scopeKey = (routeId: string, serviceId: string): string => `${routeId}:${serviceId}`;

/** Configurations of one plugin that name a consumer: consumer id → scope → instance. */
export type ConsumerScopes = ReadonlyMap<string, ReadonlyMap<string, PluginInstance>>;

/**
 * One plugin's part in a plan. Which of its configurations applies may depend on the consumer, who is known
 * only once an authentication plugin ran: then the look-up happens when its turn comes.
 */
export class Step {
  /** What applies without a consumer. */
  readonly instance: PluginInstance | undefined;
  private readonly consumers: ConsumerScopes | undefined;
  private readonly isRouteAndService: boolean;
  private readonly both: string;
  private readonly route: string;
  private readonly service: string;

  constructor(
    routeId: string,
    serviceId: string,
    instance: PluginInstance | undefined,
    isRouteAndService: boolean,
    consumers: ConsumerScopes | undefined,
  ) {
    this.instance = instance;
    this.isRouteAndService = isRouteAndService;
    this.consumers = consumers;
    this.both = scopeKey(routeId, serviceId);
    this.route = scopeKey(routeId, "");
    this.service = scopeKey("", serviceId);
  }

  get dependsOnConsumer(): boolean {
    return this.consumers !== undefined;
  }

  /**
   * The configuration that applies: route+service+consumer, route+consumer, service+consumer, route+service,
   * consumer, route, service, global; exactly one, the first that exists.
   */
  select(consumerId: string): PluginInstance | undefined {
    const scopes = this.consumers?.get(consumerId);
    if (scopes === undefined) return this.instance;
    return (
      scopes.get(this.both) ??
      scopes.get(this.route) ??
      scopes.get(this.service) ??
      (this.isRouteAndService ? this.instance : (scopes.get(":") ?? this.instance))
    );
  }
}

/** The instances that have a phase, in order; undefined when none has, so that a request asks once. */
type Phase = readonly PluginInstance[] | undefined;

const having = (instances: readonly PluginInstance[], phase: keyof PluginPhases): Phase => {
  const found = instances.filter((instance) => instance.phases[phase] !== undefined);
  return found.length > 0 ? found : undefined;
};

/** The phases after access, for the instances that took part. */
export class Downstream {
  readonly response: Phase;
  readonly headerFilter: Phase;
  readonly bodyFilter: Phase;
  readonly log: Phase;

  constructor(instances: readonly PluginInstance[]) {
    this.response = having(instances, "response");
    this.headerFilter = having(instances, "headerFilter");
    this.bodyFilter = having(instances, "bodyFilter");
    this.log = having(instances, "log");
  }
}

/** What runs for the requests of a route: compiled when the configuration changes. */
export class Plan {
  readonly steps: readonly Step[];
  /** False when a consumer can change which instances run: they are then collected for each exchange. */
  readonly isStatic: boolean;
  /** Access handlers in order, when the plan is static. */
  readonly access: Phase;
  /** The later phases, when the plan is static; without a consumer otherwise. */
  readonly downstream: Downstream;
  readonly rewrite: Phase;
  readonly certificate: Phase;

  /** @param steps In the order of execution. */
  constructor(steps: readonly Step[]) {
    this.steps = steps;
    this.isStatic = !steps.some((step) => step.dependsOnConsumer);
    const instances = steps.flatMap((step) => step.instance ?? []);
    this.access = having(instances, "access");
    this.downstream = new Downstream(instances);
    this.rewrite = having(instances, "rewrite");
    this.certificate = having(instances, "certificate");
  }
}

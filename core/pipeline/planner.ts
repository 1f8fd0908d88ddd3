import type { PluginRow } from "../entities/rows.ts";
import { type ConsumerScopes, Plan, type PluginInstance, scopeKey, Step } from "./plan.ts";

/** The configurations of one plugin, by scope. */
interface Slot {
  readonly name: string;
  readonly priority: number;
  readonly scopes: Map<string, PluginInstance>;
  readonly consumers: Map<string, Map<string, PluginInstance>>;
}

const byPriority = (a: Slot, b: Slot): number => b.priority - a.priority || (a.name < b.name ? 1 : -1);

/**
 * Makes the plans of a configuration. Routes without plugins of their own share the plan of their service, so
 * that 100,000 routes need no 100,000 plans.
 */
export class Planner {
  /** What runs when no route is known: the global configurations. */
  readonly global: Plan;
  private readonly slots: Slot[] = [];
  private readonly plans = new Map<string, Plan>();
  private readonly routesWithPlugins = new Set<string>();
  private readonly servicesWithPlugins = new Set<string>();

  /** @param instances Enabled configurations with their rows. */
  constructor(instances: Iterable<readonly [PluginRow, PluginInstance]>) {
    const slots = new Map<string, Slot>();
    for (const [row, instance] of instances) {
      const { name, priority } = instance;
      let slot = slots.get(name);
      if (slot === undefined) {
        slot = { name, priority, scopes: new Map(), consumers: new Map() };
        slots.set(name, slot);
      }
      const routeId = row.route?.id ?? "";
      const serviceId = row.service?.id ?? "";
      if (routeId !== "") this.routesWithPlugins.add(routeId);
      if (serviceId !== "") this.servicesWithPlugins.add(serviceId);
      let { scopes } = slot;
      if (row.consumer) {
        scopes = slot.consumers.get(row.consumer.id) ?? new Map<string, PluginInstance>();
        slot.consumers.set(row.consumer.id, scopes);
      }
      scopes.set(scopeKey(routeId, serviceId), instance);
    }
    this.slots = [...slots.values()].sort(byPriority);
    this.global = this.compile("", "", false);
  }

  /** @param serviceId Empty for a route without a service. */
  plan(routeId: string, serviceId: string): Plan {
    const route = this.routesWithPlugins.has(routeId) ? routeId : "";
    const service = this.servicesWithPlugins.has(serviceId) ? serviceId : "";
    const key = scopeKey(route, service);
    let plan = this.plans.get(key);
    if (plan === undefined) {
      plan = this.compile(route, service, true);
      this.plans.set(key, plan);
    }
    return plan;
  }

  private compile(routeId: string, serviceId: string, withConsumers: boolean): Plan {
    const steps: Step[] = [];
    for (const { scopes, consumers } of this.slots) {
      const specific =
        routeId !== "" && serviceId !== "" ? scopes.get(scopeKey(routeId, serviceId)) : undefined;
      const instance =
        specific ??
        (routeId === "" ? undefined : scopes.get(scopeKey(routeId, ""))) ??
        (serviceId === "" ? undefined : scopes.get(scopeKey("", serviceId))) ??
        scopes.get(":");
      const named: ConsumerScopes | undefined = withConsumers && consumers.size > 0 ? consumers : undefined;
      if (instance === undefined && named === undefined) continue;
      steps.push(new Step(routeId, serviceId, instance, specific !== undefined, named));
    }
    return new Plan(steps);
  }
}

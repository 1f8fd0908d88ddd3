import { describe, expect, test } from "vitest";
import type { PluginRow } from "../entities/rows.ts";
import type { PluginInstance } from "./plan.ts";
import { Planner } from "./planner.ts";

type Scope = "r" | "s" | "c";

/** A configuration of a plugin, named by its scope: `rsc`, `g` for global. */
const configured = (scope: string, name = "p", priority = 10): [PluginRow, PluginInstance] => {
  const has = (part: Scope): { id: string } | null => (scope.includes(part) ? { id: `${part}1` } : null);
  const row = {
    id: scope,
    name,
    enabled: true,
    config: {},
    route: has("r"),
    service: has("s"),
    consumer: has("c"),
  };
  return [row, { id: scope, name, priority, phases: { access: () => undefined } }];
};

const selected = (
  scopes: readonly string[],
  routeId: string,
  serviceId: string,
  consumerId?: string,
): string[] => {
  const plan = new Planner(scopes.map((scope) => configured(scope))).plan(routeId, serviceId);
  return plan.steps.flatMap((step) => {
    const instance = consumerId === undefined ? step.instance : step.select(consumerId);
    return instance?.id ?? [];
  });
};

describe("of several configurations of a plugin", () => {
  const precedence = ["rsc", "rc", "sc", "rs", "c", "r", "s", "g"];

  test.each(precedence.map((_, i) => [precedence.slice(i)]))("%j: the first applies", (scopes) => {
    expect(selected(scopes, "r1", "s1", "c1")).toEqual([scopes[0]]);
  });

  test("those for a consumer need the consumer", () => {
    expect(selected(["rsc", "c", "s"], "r1", "s1")).toEqual(["s"]);
    expect(selected(["rsc", "c", "s"], "r1", "s1", "c2")).toEqual(["s"]);
  });

  test("those of another route or service do not apply", () => {
    expect(selected(["r", "s", "rs"], "r2", "s2", "c1")).toEqual([]);
    expect(selected(["rs", "g"], "r1", "s2")).toEqual(["g"]);
  });

  test("a plugin only some consumer has takes no part for others", () => {
    expect(selected(["c"], "r1", "s1")).toEqual([]);
    expect(selected(["c"], "r1", "s1", "c1")).toEqual(["c"]);
  });
});

describe("a plan", () => {
  test("orders by priority, equal ones in reverse order of names", () => {
    const planner = new Planner([configured("g", "a", 1), configured("g", "b", 1), configured("g", "z", 5)]);
    expect(planner.global.steps.map((step) => step.instance?.name)).toEqual(["z", "b", "a"]);
  });

  test("is shared by routes without plugins of their own", () => {
    const planner = new Planner([configured("r"), configured("s")]);
    expect(planner.plan("r2", "s1")).toBe(planner.plan("r3", "s1"));
    expect(planner.plan("r1", "s1")).not.toBe(planner.plan("r2", "s1"));
  });

  test("without a route holds the global configurations only", () => {
    const planner = new Planner(["g", "c", "r"].map((scope) => configured(scope)));
    expect(planner.global.steps.map((step) => step.instance?.id)).toEqual(["g"]);
    expect(planner.global.isStatic).toBe(true);
  });
});

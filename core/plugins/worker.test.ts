import { expect, test } from "vitest";
import { missingFor, type PluginDefinition } from "../pdk/index.ts";
import { bundledPlugins } from "./index.ts";
import { workerMissing } from "./declared.ts";
import { workerPlugins } from "./worker.ts";

const byName = (plugins: readonly PluginDefinition[]) =>
  plugins.toSorted((a, b) => a.name.localeCompare(b.name));

const facts = ({ name, priority, entities = [], config, protocols, noConsumer }: PluginDefinition) => ({
  name,
  priority,
  entities,
  config,
  protocols,
  noConsumer,
});

test("a Worker knows every plugin as the others do, those that it refuses too", () => {
  expect(byName(workerPlugins).map(facts)).toEqual(byName(bundledPlugins).map(facts));
});

test("a Worker refuses what needs what it does not have, whichever plugin it is", () => {
  const always = (plugins: readonly PluginDefinition[]) =>
    plugins.flatMap(({ name, needs }) => (needs?.length === 0 ? [[name, needs(undefined)]] : []));
  expect(always(byName(workerPlugins))).toEqual(always(byName(bundledPlugins)));
});

test.each([
  ["syslog", "Workers have no system log"],
  ["grpc-web", "Workers can't speak gRPC to upstreams"],
  ["grpc-gateway", "Workers can't speak gRPC to upstreams"],
])("a Worker refuses %s, and says why", (name, reason) => {
  const plugin = workerPlugins.find((one) => one.name === name)!;
  expect(missingFor(plugin, {}, workerMissing)).toBe(reason);
});

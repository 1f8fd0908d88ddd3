import { expect, test } from "vitest";
import type { PluginDefinition } from "../pdk/index.ts";
import { bundledPlugins } from "./index.ts";
import { workerPlugins } from "./worker.ts";

const facts = ({ name, priority, entities = [], config, protocols, noConsumer }: PluginDefinition) => ({
  name,
  priority,
  entities,
  config,
  protocols,
  noConsumer,
});

test("a Worker knows every plugin as the others do, those that it refuses too", () => {
  expect(workerPlugins.map(facts)).toEqual(bundledPlugins.map(facts));
});

test("a Worker refuses what needs what it does not have, whichever plugin it is", () => {
  const always = (plugins: readonly PluginDefinition[]) =>
    plugins.flatMap(({ name, needs }) => (needs?.length === 0 ? [[name, needs(undefined)]] : []));
  expect(always(workerPlugins)).toEqual(always(bundledPlugins));
});

import type { Check } from "../schema/index.ts";
import { addEntityError } from "../schema/tree.ts";
import type { PluginDefinition } from "./plugin.ts";

/** What a plugin may need of the place where it runs. */
export type Need = "database" | "writes" | "redis" | "files" | "sockets" | "datagrams" | "javascript";

/** Needs that can't be met, each with the reason that operators are told. */
export type Missing = Partial<Readonly<Record<Need, string>>>;

/** Why a plugin can't run where something is missing; undefined when it can. @param config Checked and filled. */
export const missingFor = (
  { needs }: PluginDefinition,
  config: unknown,
  missing: Missing,
): string | undefined => {
  const need = needs?.(config);
  return need === undefined ? undefined : missing[need];
};

const refusal = (plugin: PluginDefinition, missing: Missing): Check => ({
  print: undefined,
  prepare: () => undefined,
  run(values, errors) {
    if (errors["config"] !== undefined) return;
    const reason = missingFor(plugin, values["config"], missing);
    if (reason !== undefined) addEntityError(errors, `plugin '${plugin.name}' can't run here: ${reason}`);
  },
});

/** The same plugins, whose configurations are refused where they need what is missing. */
export const restricted = (plugins: readonly PluginDefinition[], missing: Missing): PluginDefinition[] =>
  plugins.map((plugin) =>
    plugin.needs === undefined
      ? plugin
      : { ...plugin, checks: [...(plugin.checks ?? []), refusal(plugin, missing)] },
  );

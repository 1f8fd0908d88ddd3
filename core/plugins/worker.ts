import { type PluginDeclaration, type PluginDefinition, restricted } from "../pdk/index.ts";
import { declaredPlugins, workerMissing } from "./declared.ts";
import { portablePlugins } from "./portable.ts";

const running = new Map(portablePlugins.map((plugin) => [plugin.name, plugin]));

/** One that can't: operators are told why, and what it would do is no part of a Worker. */
const refused = (declaration: PluginDeclaration): PluginDefinition => ({
  ...declaration,
  create() {
    throw new Error(`plugin '${declaration.name}' can't run here`);
  },
});

/** The plugins of a Worker. Each runs where the platform lets it; a configuration that needs more is refused by name. */
export const workerPlugins = restricted(
  declaredPlugins.map((declaration) => running.get(declaration.name) ?? refused(declaration)),
  workerMissing,
);

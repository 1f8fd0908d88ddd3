import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { resolveOwnModules } from "./self.ts";
import type { Conf } from "./conf/load.ts";
import { bundledPlugins, type Missing, type PluginDefinition, restricted } from "../core/index.ts";

const bundled = new Map(bundledPlugins.map((plugin) => [plugin.name, plugin]));

const isDefinition = (value: unknown): value is PluginDefinition =>
  typeof value === "object" && value !== null && "name" in value && "create" in value && "config" in value;

const load = async (file: string): Promise<PluginDefinition> => {
  resolveOwnModules();
  // A module that changed is another one: a reload takes its new form.
  const { mtimeMs } = statSync(file);
  const module = (await import(`${pathToFileURL(file).href}?${mtimeMs}`)) as { plugin?: unknown };
  if (!isDefinition(module.plugin)) throw new TypeError(`${file} does not export \`plugin\``);
  return module.plugin;
};

/** What configurations can't have on this node. */
const missing = ({ database }: Pick<Conf, "database">): Missing => ({
  ...(database === "off" && { database: "it counts in the database, and there is none (database = off)" }),
});

/**
 * The plugins that a node may use.
 *
 * @param conf Paths in `plugins` are absolute.
 * @throws TypeError when one of them is unknown or no plugin.
 */
export const loadPlugins = async (conf: Pick<Conf, "plugins" | "database">): Promise<PluginDefinition[]> => {
  const names = conf.plugins;
  const found = new Map<string, PluginDefinition>();
  for (const name of names) {
    if (name === "off") continue;
    if (name === "bundled") {
      for (const plugin of bundledPlugins) found.set(plugin.name, plugin);
      continue;
    }
    const plugin = name.startsWith("/") ? await load(name) : bundled.get(name);
    if (plugin === undefined) throw new TypeError(`plugin '${name}' is not installed`);
    found.set(plugin.name, plugin);
  }
  return restricted([...found.values()], missing(conf));
};

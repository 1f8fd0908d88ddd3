import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import {
  bundledPlugins,
  isKongModule,
  kongPlugin,
  type Missing,
  type PluginDefinition,
  record,
  restricted,
  type Scripts,
} from "../core/index.ts";
import type { Conf } from "./conf/load.ts";
import { anew, resolveOwnModules } from "./self.ts";

const bundled = new Map(bundledPlugins.map((plugin) => [plugin.name, plugin]));

const isDefinition = (value: unknown): value is PluginDefinition =>
  typeof value === "object" && value !== null && "name" in value && "create" in value && "config" in value;

const endings = ["", ".ts", ".js", ".mjs", ".cjs", "/index.ts", "/index.js", "/index.mjs"];
const isFile = (file: string): boolean => existsSync(file) && statSync(file).isFile();

/** The file of a path that may leave its ending or `index` out. */
const fileAt = (base: string): string | undefined => endings.map((ending) => base + ending).find(isFile);

/** Where a plugin of that name is: in the node's `plugins` folder, then among the packages that are installed for it. */
const fileOf = (name: string, prefix: string): string | undefined => {
  if (name.startsWith("/")) return fileAt(name);
  const own = fileAt(path.join(prefix, "plugins", name));
  if (own !== undefined) return own;
  for (const from of [prefix, process.cwd()]) {
    try {
      return createRequire(path.join(from, "package.json")).resolve(name);
    } catch {
      // The next place may have it.
    }
  }
  return undefined;
};

/** A name for a plugin whose module has none: that of its file, or of its folder. */
const nameOf = (file: string): string => {
  const { name, dir } = path.parse(file);
  return name === "index" ? path.basename(dir) : name;
};

const load = async (file: string): Promise<PluginDefinition> => {
  resolveOwnModules();
  // Who loads again gets what is there now.
  const module = (await import(anew(file))) as { plugin?: unknown; default?: unknown };
  if (isDefinition(module.plugin)) return module.plugin;
  // Of CommonJS the default is the whole; its names are found by reading, and not all of them.
  for (const candidate of [module.default, module])
    if (isKongModule(candidate)) return kongPlugin(nameOf(file), candidate);
  throw new TypeError(`${file} does not export \`plugin\``);
};

/** What stands for a module that can't be loaded. */
const brokenPlugin = (name: string, reason: string): PluginDefinition => ({
  name,
  // It is asked first: nothing is decided without it.
  priority: Number.MAX_SAFE_INTEGER,
  config: record({}, { required: true }),
  checks: [
    {
      print: undefined,
      prepare: () => undefined,
      run: (_, errors) => void (errors["name"] = `plugin '${name}' can't be loaded: ${reason}`),
    },
  ],
  create() {
    throw new Error(`it can't be loaded: ${reason}`);
  },
});

/** What configurations can't have on this node. */
const missing = ({ database }: Pick<Conf, "database">, scripts: Scripts | undefined): Missing => ({
  ...(scripts === undefined && {
    javascript: "it runs code of the configuration, which `untrusted_js = sandbox` allows",
  }),
  ...(database === "off" && { database: "it needs the database, and there is none (database = off)" }),
});

/**
 * The plugins that a node may use. Called again it loads what changed on the disk anew.
 *
 * @param conf Paths in `plugins` are absolute.
 * @param scripts What runs the code in configurations; undefined when there may be none.
 * @param onBroken Told of modules that can't be loaded: their names are known then, configurations that use them are refused,
 * and those in a database answer their requests with 500.
 * @throws Without it what loading throws, or TypeError when one is unknown or no plugin; those that were loaded before stay
 * as they are.
 */
export const loadPlugins = async (
  conf: Pick<Conf, "plugins" | "database" | "prefix">,
  scripts?: Scripts,
  onBroken?: (problem: string) => void,
): Promise<PluginDefinition[]> => {
  const found = new Map<string, PluginDefinition>();
  for (const name of conf.plugins) {
    if (name === "off") continue;
    if (name === "bundled") {
      for (const plugin of bundledPlugins) found.set(plugin.name, plugin);
      continue;
    }
    const file = bundled.has(name) ? undefined : fileOf(name, conf.prefix);
    try {
      const plugin = file === undefined ? bundled.get(name) : await load(file);
      if (plugin === undefined) throw new TypeError(`plugin '${name}' is not installed`);
      found.set(plugin.name, plugin);
    } catch (error) {
      if (onBroken === undefined) throw error;
      const plugin = brokenPlugin(nameOf(file ?? name), (error as Error).message);
      onBroken(`plugin '${plugin.name}' can't be loaded: ${(error as Error).message}`);
      found.set(plugin.name, plugin);
    }
  }
  return restricted([...found.values()], missing(conf, scripts), scripts);
};

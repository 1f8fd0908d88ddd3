import { cryptoCertificates } from "../../adapters/crypto/index.ts";
import { nodeLogger } from "../../adapters/node/index.ts";
import { webClock, webRandom } from "../../adapters/web/index.ts";
import { DeclarativeConfiguration, type PluginDefinition } from "../../core/index.ts";
import type { Conf } from "../conf/load.ts";
import { openDatabase, type OpenDatabase } from "../database.ts";
import { loadPlugins } from "../plugins.ts";
import { scriptsOf } from "../scripts.ts";
import { type ConfOptions, loadedConf } from "./loaded.ts";

export type { ConfOptions } from "./loaded.ts";

/** The configuration that the options name, and what it says of entities. */
export const configured = async (
  options: ConfOptions,
): Promise<{ conf: Conf; configuration: DeclarativeConfiguration; plugins: PluginDefinition[] }> => {
  const conf = loadedConf(options);
  const plugins = await loadPlugins(conf, await scriptsOf(conf));
  const configuration = new DeclarativeConfiguration({
    plugins,
    routerFlavor: conf.routerFlavor,
    clock: webClock,
    random: webRandom,
    certificates: cryptoCertificates,
  });
  return { conf, configuration, plugins };
};

/** Opens the configured database for one piece of work, and closes it whatever happens; undefined without one. */
export const withDatabase = async <T>(
  conf: Conf,
  configuration: DeclarativeConfiguration,
  work: (opened: OpenDatabase | undefined) => Promise<T>,
): Promise<T> => {
  const logger = nodeLogger({ level: "error", format: "text", file: undefined });
  const opened = await openDatabase(conf, configuration.context.entities, configuration.plugins, logger);
  try {
    return await work(opened);
  } finally {
    await opened?.close();
  }
};

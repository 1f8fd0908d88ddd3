import { nodeCertificates, nodeLogger } from "../../adapters/node/index.ts";
import { webClock, webRandom } from "../../adapters/web/index.ts";
import { DeclarativeConfiguration } from "../../core/index.ts";
import { type Conf, loadConf } from "../conf/load.ts";
import { openDatabase, type OpenDatabase } from "../database.ts";
import { loadPlugins } from "../plugins.ts";

/** What every command that works with a node's configuration takes. */
export interface ConfOptions {
  readonly conf?: string;
  readonly prefix?: string;
}

/** The configuration that the options name, and what it says of entities. */
export const configured = async (
  options: ConfOptions,
): Promise<{ conf: Conf; configuration: DeclarativeConfiguration }> => {
  const conf = loadConf({
    file: options.conf,
    environment: process.env,
    ...(options.prefix !== undefined && { overrides: { prefix: options.prefix } }),
  });
  const configuration = new DeclarativeConfiguration({
    plugins: await loadPlugins(conf),
    routerFlavor: conf.routerFlavor,
    clock: webClock,
    random: webRandom,
    certificates: nodeCertificates,
  });
  return { conf, configuration };
};

/** Opens the configured database for one piece of work, and closes it whatever happens; undefined without one. */
export const withDatabase = async <T>(
  conf: Conf,
  configuration: DeclarativeConfiguration,
  work: (opened: OpenDatabase | undefined) => Promise<T>,
): Promise<T> => {
  const logger = nodeLogger({ level: "error", format: "text", file: undefined });
  const opened = await openDatabase(conf, configuration.context.entities, logger);
  try {
    return await work(opened);
  } finally {
    await opened?.store.close();
  }
};

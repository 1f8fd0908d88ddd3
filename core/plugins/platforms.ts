import { restricted } from "../pdk/index.ts";
import { bundledPlugins } from "./index.ts";

/** The plugins of a Worker. Each runs where the platform lets it; a configuration that needs more is refused by name. */
export const workerPlugins = restricted(bundledPlugins, {
  database: "counters of a cluster are in a database, which Workers don't have",
  redis: "Workers keep no connection to Redis between requests",
  files: "Workers have no files",
  sockets: "it keeps a socket open, which Workers don't do between requests",
  datagrams: "Workers send no UDP",
  javascript: "Workers can't run code that comes as text",
});

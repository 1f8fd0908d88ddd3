import type { PluginDeclaration } from "../pdk/index.ts";
import type { TimerStatistics } from "../timers/index.ts";
import { json } from "./app.ts";

/** What a node tells of itself. */
export interface NodeInformation {
  /** The version of Kong whose conventions hold. */
  readonly version: string;
  /** The product's own version. */
  readonly sallyport: string;
  readonly hostname: string;
  readonly nodeId: string;
  readonly masterPid: number;
  readonly workerPids: readonly number[];
  readonly plugins: readonly PluginDeclaration[];
  /** Properties with values of their types, secrets already hidden. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** `GET /` @param inUse Names of the plugins that enabled rows use. */
export const information = (
  node: NodeInformation,
  inUse: readonly string[],
  timers: Pick<TimerStatistics, "running" | "waiting">,
): Response => {
  const available = node.plugins.map(({ name, priority }) => [name, { version: node.version, priority }]);
  return json({
    version: node.version,
    sallyport: { version: node.sallyport },
    edition: "community",
    tagline: "Welcome to sallyport",
    hostname: node.hostname,
    node_id: node.nodeId,
    lua_version: "none",
    timers: { running: timers.running, pending: timers.waiting },
    pids: { master: node.masterPid, workers: node.workerPids },
    plugins: { available_on_server: Object.fromEntries(available), enabled_in_cluster: inUse },
    configuration: {
      ...node.properties,
      loaded_plugins: Object.fromEntries(node.plugins.map(({ name }) => [name, true])),
    },
  });
};

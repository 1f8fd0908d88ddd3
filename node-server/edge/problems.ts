import { MemorySharedDict } from "../../adapters/memory/index.ts";
import {
  FetchTransport,
  nameOf,
  type PlatformProblem,
  platformProblems,
  webClock,
  WebFetcher,
  webRandom,
  webSubtle,
  WebTimers,
} from "../../adapters/web/index.ts";
import {
  createGateway,
  type Gateway,
  healthBoard,
  type Logger,
  missingFor,
  type PluginDefinition,
  type Row,
  type Tables,
  workerMissing,
} from "../../core/index.ts";

/** Something that the edge does otherwise than a configuration wants; of a row, by its name. */
export type EdgeProblem = Omit<PlatformProblem, "id">;

const silent: Logger = {
  log: () => undefined,
  child: () => silent,
} as unknown as Logger;

const rows = (tables: Tables, name: string): Row[] => Object.values(tables[name] ?? {});
const idOf = (value: unknown): string | undefined => (value as { id?: string } | null | undefined)?.id;

/** The gateway as the edge makes it, as far as plugins see it when they are created. */
const edgeGateway = (plugins: readonly PluginDefinition[]): Gateway =>
  createGateway(
    {
      clock: webClock,
      random: webRandom,
      logger: silent,
      timers: new WebTimers(silent),
      counters: new MemorySharedDict(webClock),
      board: healthBoard(new MemorySharedDict(webClock)),
      responses: new MemorySharedDict(webClock),
      subtle: webSubtle,
      fetcher: new WebFetcher(),
      files: undefined,
      transport: new FetchTransport({ fetch: (url, init) => fetch(url, init) }),
    },
    { version: "0", plugins, node: { id: "", hostname: "edge", pid: 0, worker: 0 } },
  );

/** @param plugins Those that the edge has. */
const ofPlugins = (tables: Tables, plugins: readonly PluginDefinition[]): EdgeProblem[] => {
  const gateway = edgeGateway(plugins);
  return rows(tables, "plugins").flatMap((row): EdgeProblem[] => {
    const route = tables["routes"]?.[idOf(row["route"]) ?? ""];
    const service = tables["services"]?.[idOf(row["service"]) ?? ""];
    const scope = [route && `route ${nameOf(route)}`, service && `service ${nameOf(service)}`];
    const at = scope.filter((part) => part !== undefined).join(" and ");
    const refused = (what: string): EdgeProblem[] => [
      { kind: "refused", where: `plugin ${nameOf(row)} ${at === "" ? "everywhere" : `on ${at}`}`, what },
    ];
    const definition = plugins.find(({ name }) => name === row["name"]);
    const missing = definition && missingFor(definition, row["config"], workerMissing);
    if (missing !== undefined) return refused(missing);
    try {
      gateway.prepare({ plugins: { [row.id]: row } });
      return [];
    } catch (error) {
      return refused(error instanceof Error ? error.message : String(error));
    }
  });
};

/** Everything of a configuration that the edge refuses or does without, by name. */
export const edgeProblems = (tables: Tables, plugins: readonly PluginDefinition[]): EdgeProblem[] => [
  ...platformProblems(tables).map(({ kind, where, what }) => ({ kind, where, what })),
  ...ofPlugins(tables, plugins),
];

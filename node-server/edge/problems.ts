import { MemorySharedDict } from "../../adapters/memory/index.ts";
import {
  FetchTransport,
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

/** Something that the edge does otherwise than a configuration wants. */
export interface EdgeProblem {
  /** `refused`: it can't be done there. `ignored`: it is served without that. */
  readonly kind: "refused" | "ignored";
  /** e.g. `route tea`, `plugin file-log on route tea` */
  readonly where: string;
  readonly what: string;
}

const silent: Logger = {
  log: () => undefined,
  child: () => silent,
} as unknown as Logger;

const rows = (tables: Tables, name: string): Row[] => Object.values(tables[name] ?? {});
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const nameOf = (row: Row): string => textOf(row["name"]) || textOf(row["target"]) || row.id;
const idOf = (value: unknown): string | undefined => (value as { id?: string } | null | undefined)?.id;

/** Addresses that the platform does not connect to. @see RFC 1918, RFC 6890 */
const isPrivate = (host: string): boolean =>
  /^(?:10\.|127\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|\[?::1\]?$|\[?f[cd][0-9a-f]{2}:|localhost$)/i.test(
    host,
  );

const streamProtocols = new Set(["tcp", "udp", "tls", "tls_passthrough"]);
const grpcProtocols = new Set(["grpc", "grpcs"]);

type Told = [kind: EdgeProblem["kind"], what: string];

const ofRoute = (route: Row): Told[] => {
  const protocols = route["protocols"] as string[];
  const found: Told[] = [];
  if (protocols.some((protocol) => streamProtocols.has(protocol)))
    found.push(["refused", `protocols ${protocols.join(", ")}: a Worker has no stream listeners`]);
  if (protocols.some((protocol) => grpcProtocols.has(protocol)))
    found.push(["refused", `protocols ${protocols.join(", ")}: fetch speaks no HTTP/2 to upstreams`]);
  if (route["destinations"]) found.push(["ignored", "destinations: the platform does not tell them"]);
  return found;
};

const ofService = (service: Row): Told[] => {
  const found: Told[] = [];
  const protocol = String(service["protocol"]);
  if (streamProtocols.has(protocol) || grpcProtocols.has(protocol))
    found.push(["refused", `protocol ${protocol}: fetch speaks HTTP/1.1`]);
  if (service["client_certificate"])
    found.push(["refused", "client_certificate: Workers show upstreams no certificate"]);
  if (service["tls_verify"] === false || service["ca_certificates"])
    found.push(["refused", "tls_verify, ca_certificates: the platform verifies by its own list"]);
  if (isPrivate(String(service["host"])))
    found.push(["refused", `host ${String(service["host"])}: the platform connects to no private address`]);
  return found;
};

const ofUpstream = (upstream: Row): Told[] => {
  const found: Told[] = [];
  if (upstream["client_certificate"])
    found.push(["refused", "client_certificate: Workers show upstreams no certificate"]);
  const checks = upstream["healthchecks"] as
    | { active?: { type?: string; healthy?: { interval?: number }; unhealthy?: { interval?: number } } }
    | undefined;
  const active = checks?.active;
  const isActive = (active?.healthy?.interval ?? 0) > 0 || (active?.unhealthy?.interval ?? 0) > 0;
  if (isActive && active?.type?.startsWith("grpc"))
    found.push(["refused", `healthchecks.active.type ${active.type}: no HTTP/2`]);
  return found;
};

const ofTarget = (target: Row): Told[] => {
  const address = String(target["target"]);
  const host = address.slice(0, address.lastIndexOf(":"));
  return isPrivate(host) ? [["refused", "the platform connects to no private address"]] : [];
};

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
export const edgeProblems = (tables: Tables, plugins: readonly PluginDefinition[]): EdgeProblem[] => {
  const judged = (table: string, title: string, judge: (row: Row) => Told[]): EdgeProblem[] =>
    rows(tables, table).flatMap((row) =>
      judge(row).map(([kind, what]) => ({ kind, where: `${title} ${nameOf(row)}`, what })),
    );
  const shown = rows(tables, "snis").length > 0;
  return [
    ...judged("routes", "route", ofRoute),
    ...judged("services", "service", ofService),
    ...judged("upstreams", "upstream", ofUpstream),
    ...judged("targets", "target", ofTarget),
    ...(shown
      ? [{ kind: "ignored", where: "snis", what: "the platform shows its own certificates" } as const]
      : []),
    ...ofPlugins(tables, plugins),
  ];
};

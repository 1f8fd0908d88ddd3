import type { PluginRow, RouteRow, ServiceRow } from "./entities/rows.ts";
import { requestIds } from "./http/identifier.ts";
import {
  ClientRequest,
  Exchange,
  Metrics,
  type NodeFacts,
  type PluginDefinition,
  type PluginHost,
  type PluginPhases,
  type TracingOptions,
  LogTap,
} from "./pdk/index.ts";
import { sharedCache, WorkerEvents } from "./events/index.ts";
import { Planner } from "./pipeline/planner.ts";
import type { PluginInstance } from "./pipeline/plan.ts";
import { DictCounters } from "./pdk/limits/index.ts";
import type { CounterPlaces } from "./ports/counters.ts";
import type { Clock } from "./ports/clock.ts";
import type { Directory, Row } from "./ports/directory.ts";
import type {
  Downstream,
  IncomingRequest,
  RefusedRequest,
  RequestEvents,
  RequestHandler,
  RequestScope,
} from "./ports/downstream.ts";
import type { Fetcher } from "./ports/fetcher.ts";
import type { LineFiles } from "./ports/lines.ts";
import type { Logger } from "./ports/logger.ts";
import type { Random } from "./ports/random.ts";
import type { SharedDict } from "./ports/shareddict.ts";
import type { Sharing } from "./ports/sharing.ts";
import type { Sockets } from "./ports/sockets.ts";
import type { Subtle } from "./ports/subtle.ts";
import type { Timers } from "./ports/timers.ts";
import type { Transport } from "./ports/transport.ts";
import { Flow, type FlowPorts } from "./proxy/flow.ts";
import { type ProxyOptions, proxyOptions } from "./proxy/options.ts";
import { affectedRoutes, compiledTables } from "./proxy/affected.ts";
import { Prober } from "./proxy/prober.ts";
import { RouteTarget, type Snapshot } from "./proxy/snapshot.ts";
import { serviceTls } from "./proxy/tls.ts";
import { type HealthChange, Upstreams } from "./proxy/upstreams.ts";
import { createRouter, type RouterFlavor } from "./router/index.ts";
import { type RowChange, Rows, type Tables } from "./store/rows.ts";

/** The world, as a root hands it in. */
export interface GatewayPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly timers: Timers;
  readonly transport: Transport;
  /** Counters of rate limits: of the node, or as far as the root can share them. */
  readonly counters: SharedDict;
  /** The other places where limits can be counted. */
  readonly counting?: Partial<Omit<CounterPlaces, "local">>;
  /** What plugins keep of responses; as much of it as there is room for. */
  readonly responses: SharedDict;
  /** Undefined where a worker is alone, as an isolate at the edge. */
  readonly sharing?: Sharing | undefined;
  readonly subtle: Subtle;
  /** For what the gateway sends by itself: logs. */
  readonly fetcher: Fetcher;
  /** Undefined where there are no files. */
  readonly files: LineFiles | undefined;
  /** Undefined where there are none. */
  readonly sockets?: Sockets | undefined;
}

export interface GatewayOptions {
  readonly version: string;
  readonly plugins: readonly PluginDefinition[];
  readonly node: NodeFacts;
  /** Default `traditional_compatible`. */
  readonly routerFlavor?: RouterFlavor;
  /** What differs from the defaults of {@link proxyOptions}. */
  readonly proxy?: Partial<ProxyOptions>;
  /** Told when an exchange is over: access logs, counters. */
  readonly onFinished?: (exchange: Exchange) => void;
  /** Default: nothing is recorded. */
  readonly tracing?: TracingOptions;
  /** This worker makes the active health checks of its node. */
  readonly isProber?: boolean;
  /** Told when traffic or a probe made an address of an upstream change sides. */
  readonly onHealthChange?: (change: HealthChange) => void;
}

/** A gateway on one worker or isolate. */
export interface Gateway extends RequestHandler {
  /** Counts the configurations that were applied; 0 before the first. */
  readonly version: number;
  /**
   * Compiles a configuration off the request path.
   *
   * @returns What swaps it in, in one assignment: requests under way finish on the one they began with.
   * @throws Error when a plugin refuses its configuration; the old one stays.
   */
  prepare(tables: Tables): () => void;
  /**
   * The same for some rows. Rows that are only looked up (consumers, credentials) cost no compilation, however many
   * there are.
   */
  prepareChanges(changes: readonly RowChange[]): () => void;
  /** A TLS client names the host it wants; global plugins may look at it. */
  certificate(serverName: string | undefined): void;
  /** Takes over what another worker noticed or an operator decided about an address. */
  setHealth(change: HealthChange): void;
  /** What plugins counted on this worker, under names with labels. */
  metrics(): Record<string, number>;
}

interface Kept {
  readonly row: string;
  readonly instance: PluginInstance;
}

class CompiledGateway implements Gateway {
  private readonly options: GatewayOptions;
  private readonly ports: FlowPorts;
  private readonly nextId: () => string;
  private readonly host: PluginHost;
  private readonly definitions: ReadonlyMap<string, PluginDefinition>;
  private readonly upstreams: Upstreams;
  private readonly prober: Prober | undefined;
  private rows: Rows;
  private snapshot: Snapshot;
  private kept = new Map<string, Kept>();

  constructor(given: GatewayPorts, options: GatewayOptions) {
    const log = new LogTap(given.logger);
    const ports: GatewayPorts = { ...given, logger: log };
    this.options = options;
    this.nextId = requestIds(ports.random);
    this.rows = new Rows({}, ports.clock);
    this.upstreams = new Upstreams({
      clock: ports.clock,
      random: ports.random,
      onHealthChange: options.onHealthChange,
    });
    this.prober = options.isProber ? new Prober(this.upstreams, ports) : undefined;
    this.ports = {
      transport: ports.transport,
      clock: ports.clock,
      logger: ports.logger,
      balancer: this.upstreams,
      options: { ...proxyOptions(options.version), ...options.proxy },
      onFinished: options.onFinished,
    };
    const directory: Directory = {
      find: (entity, field, value) => this.rows.find(entity, field, value),
      list: (entity, field, value) => this.rows.list(entity, field, value),
    };
    const { clock, random, logger, timers, counters, responses, subtle, fetcher, files } = ports;
    const events = ports.sharing && new WorkerEvents(ports.sharing.bus, logger);
    this.host = {
      cache: sharedCache(clock, ports.sharing, events),
      events,
      clock,
      random,
      logger,
      timers,
      counters,
      counting: {
        local: new DictCounters(counters),
        cluster: ports.counting?.cluster,
        redis: ports.counting?.redis,
      },
      responses,
      subtle,
      fetcher,
      files,
      sockets: ports.sockets,
      metrics: new Metrics(),
      directory,
      node: options.node,
      isTrusted: this.ports.options.isTrusted,
      version: options.version,
      tracing: options.tracing ?? { isOn: false, samplingRate: 0 },
      listenToLog: (listener) => log.listen(listener),
    };
    this.definitions = new Map(options.plugins.map((plugin) => [plugin.name, plugin]));
    this.snapshot = { version: 0, router: createRouter([], this.routerOptions()), planner: new Planner([]) };
    for (const plugin of options.plugins) plugin.initWorker?.(this.host);
  }

  get version(): number {
    return this.snapshot.version;
  }

  handle(request: IncomingRequest, downstream: Downstream, scope: RequestScope | undefined): RequestEvents {
    const flow = this.flow(request, downstream, scope);
    flow.start();
    return flow;
  }

  refuse(status: number, request: RefusedRequest, downstream: Downstream): RequestEvents {
    const flow = this.flow(request, downstream, undefined);
    flow.refuse(status);
    return flow;
  }

  metrics(): Record<string, number> {
    return this.host.metrics.snapshot();
  }

  certificate(serverName: string | undefined): void {
    for (const { phases, name } of this.snapshot.planner.global.certificate ?? []) {
      try {
        phases.certificate!({ serverName });
      } catch (error) {
        this.ports.logger.log("error", `${name} failed in its certificate phase`, { error });
      }
    }
  }

  setHealth(change: HealthChange): void {
    this.upstreams.setHealth(change);
  }

  private flow(
    request: IncomingRequest | RefusedRequest,
    downstream: Downstream,
    scope: RequestScope | undefined,
  ): Flow {
    const exchange = new Exchange(this.nextId(), new ClientRequest(request), this.ports.clock.nowMs());
    return new Flow(exchange, this.snapshot, this.ports, downstream, scope);
  }

  prepare(tables: Tables): () => void {
    return this.compile(new Rows(tables, this.host.clock));
  }

  prepareChanges(changes: readonly RowChange[]): () => void {
    const compiled = changes.filter(({ table }) => compiledTables.has(table));
    if (compiled.length === 0) return () => this.rows.apply(changes);
    const affected = affectedRoutes(compiled, this.rows);
    if (affected !== undefined) return this.increment(changes, affected);
    const rows = this.rows.with(compiled);
    const swap = this.compile(rows);
    return () => {
      rows.apply(changes.filter(({ table }) => !compiledTables.has(table)));
      swap();
    };
  }

  /** Compiles some routes again and shares all others: what it costs does not depend on their number. */
  private increment(changes: readonly RowChange[], affected: ReadonlySet<string>): () => void {
    const touches = (...tables: string[]): boolean => changes.some(({ table }) => tables.includes(table));
    // Copying the table of routes would cost more than the change: its rows are put in at the swap.
    const isInPlace = ({ table }: RowChange): boolean => table === "routes" || !compiledTables.has(table);
    const rows = this.rows.with(changes.filter((change) => !isInPlace(change)));
    const changedRoutes = new Map(
      changes.flatMap(({ table, id, row }) => (table === "routes" ? [[id, row]] : [])),
    );
    const kept = touches("plugins") ? new Map<string, Kept>() : this.kept;
    const instances = touches("plugins") ? this.instances(rows, kept) : undefined;
    const planner = instances === undefined ? this.snapshot.planner : new Planner(instances);
    const routes = [...affected].flatMap(
      (id) => (changedRoutes.has(id) ? changedRoutes.get(id) : rows.byId("routes", id)) ?? [],
    );
    const set = [...this.routes(routes, rows, planner)];
    const found = new Set(set.map(({ route }) => route.id));
    const router = this.snapshot.router.update({ set, remove: [...affected].filter((id) => !found.has(id)) });
    const swapUpstreams = touches("upstreams", "targets") ? this.upstreams.prepare(rows) : undefined;
    return () => {
      swapUpstreams?.();
      if (swapUpstreams !== undefined) this.prober?.restart();
      rows.apply(changes.filter(isInPlace));
      this.rows = rows;
      this.keep(kept);
      this.snapshot = { version: this.snapshot.version + 1, router, planner };
      if (instances !== undefined) this.configurePlugins(instances.map(([row]) => row));
    };
  }

  private compile(rows: Rows): () => void {
    const kept = new Map<string, Kept>();
    const instances = this.instances(rows, kept);
    const planner = new Planner(instances);
    const router = createRouter(this.routes(rows.all("routes"), rows, planner), this.routerOptions());
    const swapUpstreams = this.upstreams.prepare(rows);
    return () => {
      swapUpstreams();
      this.prober?.restart();
      this.rows = rows;
      this.keep(kept);
      this.snapshot = { version: this.snapshot.version + 1, router, planner };
      this.configurePlugins(instances.map(([row]) => row));
    };
  }

  /** Ends the plugins that are no longer in use. */
  private keep(kept: Map<string, Kept>): void {
    const before = this.kept;
    this.kept = kept;
    if (before === kept) return;
    for (const [id, { instance }] of before)
      if (kept.get(id)?.instance !== instance) instance.phases.close?.();
  }

  private routerOptions(): { flavor: RouterFlavor } {
    return { flavor: this.options.routerFlavor ?? "traditional_compatible" };
  }

  private *routes(routes: Iterable<Row>, rows: Rows, planner: Planner) {
    const find = (entity: string, id: string): Row | undefined => rows.byId(entity, id);
    const terms = new Map<string, ReturnType<typeof serviceTls>>();
    for (const row of routes) {
      const route = row as Row & RouteRow;
      const serviceId = route.service?.id;
      const service =
        serviceId === undefined ? undefined : (rows.byId("services", serviceId) as Row & ServiceRow);
      if (service?.enabled === false) continue;
      if (service !== undefined && !terms.has(service.id)) terms.set(service.id, serviceTls(service, find));
      const tls = service === undefined ? undefined : terms.get(service.id);
      const target = new RouteTarget(route, service, planner.plan(route.id, serviceId ?? ""), tls);
      yield { route, service, value: target };
    }
  }

  /** Ready plugins. One whose row did not change is kept, with the state that it gathered. */
  private instances(rows: Rows, kept: Map<string, Kept>): [PluginRow, PluginInstance][] {
    return rows.all("plugins").flatMap((stored): [PluginRow, PluginInstance][] => {
      const row = stored as Row & PluginRow;
      if (!row.enabled) return [];
      const text = JSON.stringify([row.name, row.config, row.route, row.service, row.consumer]);
      const before = this.kept.get(row.id);
      const instance = before?.row === text ? before.instance : this.instance(row);
      kept.set(row.id, { row: text, instance });
      return [[row, instance]];
    });
  }

  private instance(row: PluginRow): PluginInstance {
    const definition = this.definitions.get(row.name);
    if (definition === undefined) throw new Error(`${row.name} plugin is in use but not enabled`);
    const phases: PluginPhases = definition.create(row.config, this.host, row);
    return { id: row.id, name: row.name, priority: definition.priority, phases };
  }

  private configurePlugins(rows: readonly PluginRow[]): void {
    for (const definition of this.definitions.values()) {
      if (definition.configure === undefined) continue;
      const configs = rows.filter((row) => row.name === definition.name).map((row) => row.config);
      try {
        definition.configure(configs.length > 0 ? configs : undefined, this.host);
      } catch (error) {
        this.ports.logger.log("error", `${definition.name} failed to take its configuration`, { error });
      }
    }
  }
}

/** Wires a gateway from the ports of a root. It serves nothing until a configuration is prepared and swapped in. */
export const createGateway = (ports: GatewayPorts, options: GatewayOptions): Gateway =>
  new CompiledGateway(ports, options);

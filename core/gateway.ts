import type { RouteRow, ServiceRow } from "./entities/rows.ts";
import { requestIds } from "./http/identifier.ts";
import {
  type AdminAnswer,
  ClientRequest,
  Exchange,
  type Handled,
  LogTap,
  type PluginDefinition,
  type PluginHost,
} from "./pdk/index.ts";
import { createHost } from "./pdk/host.ts";
import { Instances, type KeptInstances } from "./pipeline/instances.ts";
import { Planner } from "./pipeline/planner.ts";
import type { GroupState } from "./balancer/index.ts";
import type { DnsClient, DnsStatistics } from "./dns/index.ts";
import type { Directory, Row } from "./ports/directory.ts";
import type {
  Downstream,
  IncomingRequest,
  RefusedRequest,
  RequestEvents,
  RequestHandler,
  RequestScope,
} from "./ports/downstream.ts";
import { Flow, type FlowPorts } from "./proxy/flow.ts";
import { proxyOptions } from "./proxy/options.ts";
import { affectedRoutes, compiledTables } from "./proxy/affected.ts";
import { withSecrets } from "./entities/secret.ts";
import { Tracer } from "./pipeline/trace.ts";
import { clientAddress } from "./proxy/realip.ts";
import { Prober } from "./proxy/prober.ts";
import { RouteTarget, type Snapshot } from "./proxy/snapshot.ts";
import type { GatewayOptions, GatewayPorts } from "./proxy/world.ts";
import { noTerms, type ServiceTerms, serviceTerms } from "./proxy/tls.ts";
import { type HealthChange, Upstreams } from "./proxy/upstreams.ts";
import { createRouter, type Explanation, type RouteRequest, type RouterFlavor } from "./router/index.ts";
import { type RowChange, Rows, type Tables } from "./store/rows.ts";

/** A gateway on one worker or isolate. */
export interface Gateway extends RequestHandler {
  /** Counts the configurations that were applied; 0 before the first. */
  readonly version: number;
  /** What its plugins are given. */
  readonly host: PluginHost;
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
  /** Which route a request would take and why, and the plugins of that route in their order. */
  explain(request: RouteRequest): ExplainedRequest;
  /**
   * A TLS client names the host it wants; global plugins may look at it, and find a certificate for it: it is chosen when
   * they are done. Never rejects.
   */
  certificate(serverName: string | undefined): Handled;
  /** What the first configuration of a plugin answers to its own endpoints; undefined when there is none. */
  ask(plugin: string, question: unknown): Promise<AdminAnswer | undefined>;
  /** Takes over what another worker noticed or an operator decided about an address. */
  setHealth(change: HealthChange): void;
  /** Every address of an upstream that is down. */
  unhealthy(): HealthChange[];
  /** What is known of an upstream's targets; undefined when there is none of that name. */
  upstreamState(name: string): Promise<GroupState | undefined>;
  /** What the DNS client counted; undefined when the platform resolves names. */
  dnsStatistics(): DnsStatistics | undefined;
  /** What plugins counted on this worker, under names with labels. */
  metrics(): Record<string, number>;
}

export interface ExplainedRequest extends Explanation<RouteTarget> {
  /** Names; those that only run for a consumer are left out. */
  readonly plugins: readonly string[];
}

class CompiledGateway implements Gateway {
  private readonly options: GatewayOptions;
  private readonly ports: FlowPorts;
  private readonly nextId: () => string;
  readonly host: PluginHost;
  private readonly upstreams: Upstreams;
  private readonly prober: Prober | undefined;
  private readonly tracer: Tracer | undefined;
  private readonly instances: Instances;
  private readonly dns: DnsClient | undefined;
  private rows: Rows;
  private snapshot: Snapshot;
  private kept: KeptInstances = new Map();

  constructor(given: GatewayPorts, options: GatewayOptions) {
    const log = new LogTap(given.logger);
    const ports: GatewayPorts = { ...given, logger: log };
    this.options = options;
    this.tracer = options.onTraced && new Tracer(ports.clock);
    this.nextId = requestIds(ports.random);
    this.rows = new Rows({}, ports.clock);
    this.upstreams = new Upstreams({
      clock: ports.clock,
      random: ports.random,
      board: ports.board,
      dns: ports.dns,
      transport: ports.transport,
      logger: ports.logger,
      onHealthChange: options.onHealthChange,
    });
    this.prober = options.isProber
      ? new Prober(this.upstreams, { ...ports, dns: ports.dns, dialer: ports.dialer })
      : undefined;
    this.dns = ports.dns;
    this.ports = {
      transport: ports.transport,
      clock: ports.clock,
      logger: ports.logger,
      balancer: this.upstreams,
      options: { ...proxyOptions(options.version), ...options.proxy },
      onFinished: this.finished(options),
    };
    const directory: Directory = {
      find: (entity, field, value) => this.rows.find(entity, field, value),
      list: (entity, field, value) => this.rows.list(entity, field, value),
    };
    this.host = createHost(ports, log, {
      directory,
      node: options.node,
      isTrusted: this.ports.options.isTrusted,
      version: options.version,
      tracing: options.tracing ?? { isOn: false, samplingRate: 0 },
      heldBodyBytes: this.ports.options.maxReplayBytes,
    });
    this.instances = new Instances(options, this.host, this.tracer);
    this.snapshot = { version: 0, router: createRouter([], this.routerOptions()), planner: new Planner([]) };
    for (const plugin of options.plugins) this.initWorker(plugin);
  }

  private initWorker(plugin: PluginDefinition): void {
    try {
      plugin.initWorker?.(this.host);
    } catch (error) {
      this.ports.logger.log("error", `${plugin.name} failed to begin`, { error });
    }
  }

  private finished({ onFinished, onTraced }: GatewayOptions): FlowPorts["onFinished"] {
    const { tracer } = this;
    if (tracer === undefined) return onFinished;
    return (exchange) => {
      onFinished?.(exchange);
      onTraced!(exchange, tracer.of(exchange));
    };
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

  explain(request: RouteRequest): ExplainedRequest {
    const explanation = this.snapshot.router.explain(request);
    const plan = explanation.winner?.value.plan ?? this.snapshot.planner.global;
    const plugins = plan.steps.flatMap(({ instance }) => instance?.name ?? []);
    return { ...explanation, plugins };
  }

  metrics(): Record<string, number> {
    return this.host.metrics.snapshot();
  }

  certificate(serverName: string | undefined): Handled {
    const waits: Promise<void>[] = [];
    for (const { phases, name } of this.snapshot.planner.global.certificate ?? []) {
      const fail = (error: unknown): void =>
        this.ports.logger.log("error", `${name} failed in its certificate phase`, { error });
      try {
        const handled = phases.certificate!({ serverName });
        if (handled !== undefined) waits.push(handled.catch(fail));
      } catch (error) {
        fail(error);
      }
    }
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
  }

  async ask(plugin: string, question: unknown): Promise<AdminAnswer | undefined> {
    for (const { instance } of this.kept.values())
      if (instance.name === plugin && instance.phases.answer !== undefined)
        return instance.phases.answer(question);
    return undefined;
  }

  setHealth(change: HealthChange): void {
    this.upstreams.setHealth(change);
  }

  unhealthy(): HealthChange[] {
    return this.upstreams.unhealthy();
  }

  upstreamState(name: string): Promise<GroupState | undefined> {
    return this.upstreams.state(name);
  }

  dnsStatistics(): DnsStatistics | undefined {
    return this.dns?.stats();
  }

  private flow(
    request: IncomingRequest | RefusedRequest,
    downstream: Downstream,
    scope: RequestScope | undefined,
  ): Flow {
    const { realIp, isTrusted, errorFormat, errorTemplates } = this.ports.options;
    const address = clientAddress(request.connection, request.headers, isTrusted, realIp);
    const client = new ClientRequest(request, address);
    const nowMs = this.ports.clock.nowMs();
    const exchange = new Exchange(this.nextId(), client, nowMs, errorFormat, errorTemplates);
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
    const made = touches("plugins") ? this.instances.make(rows, this.kept) : undefined;
    const instances = made?.instances;
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
      if (swapUpstreams !== undefined) this.prober?.update();
      rows.apply(changes.filter(isInPlace));
      this.rows = rows;
      if (made !== undefined) this.kept = this.instances.retire(this.kept, made.kept);
      this.snapshot = { version: this.snapshot.version + 1, router, planner };
      if (instances !== undefined) this.instances.configure(instances.map(([row]) => row));
    };
  }

  private compile(rows: Rows): () => void {
    const { instances, kept } = this.instances.make(rows, this.kept, this.version === 0);
    const planner = new Planner(instances);
    const router = createRouter(this.routes(rows.all("routes"), rows, planner), this.routerOptions());
    const swapUpstreams = this.upstreams.prepare(rows);
    return () => {
      swapUpstreams();
      this.prober?.update();
      this.rows = rows;
      this.kept = this.instances.retire(this.kept, kept);
      this.snapshot = { version: this.snapshot.version + 1, router, planner };
      this.instances.configure(instances.map(([row]) => row));
    };
  }

  private routerOptions(): { flavor: RouterFlavor } {
    return { flavor: this.options.routerFlavor ?? "traditional_compatible" };
  }

  private *routes(routes: Iterable<Row>, rows: Rows, planner: Planner) {
    const find = (entity: string, id: string): Row | undefined =>
      withSecrets(rows.byId(entity, id), (reference) => this.instances.secretOf(reference, rows));
    const known = new Map<string, ServiceTerms>();
    for (const row of routes) {
      const route = row as Row & RouteRow;
      const serviceId = route.service?.id;
      const service =
        serviceId === undefined ? undefined : (rows.byId("services", serviceId) as Row & ServiceRow);
      if (service?.enabled === false) continue;
      if (service !== undefined && !known.has(service.id))
        known.set(service.id, serviceTerms(service, find, this.ports.transport));
      const terms = service === undefined ? noTerms : known.get(service.id)!;
      const target = new RouteTarget(route, service, planner.plan(route.id, serviceId ?? ""), terms);
      yield { route, service, value: target };
    }
  }
}

/** Wires a gateway from the ports of a root. It serves nothing until a configuration is prepared and swapped in. */
export const createGateway = (ports: GatewayPorts, options: GatewayOptions): Gateway =>
  new CompiledGateway(ports, options);

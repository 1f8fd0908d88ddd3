import { CronTimers, DurableDict, KvConfigurations, socketDialer } from "../adapters/cloudflare/index.ts";
import { MemorySharedDict } from "../adapters/memory/index.ts";
import {
  ConsoleLogger,
  FetchTransport,
  webClock,
  WebFetcher,
  webRandom,
  webSubtle,
  WebTimers,
} from "../adapters/web/index.ts";
import {
  bundledPlugins,
  createGateway,
  DeclarativeConfiguration,
  type Gateway,
  type HealthBoard,
  healthBoard,
  type Logger,
  type LogLevel,
  restricted,
  type Tables,
  type Timers,
} from "../core/index.ts";
import manifest from "../package.json" with { type: "json" };
import { edgeDns } from "./dns.ts";
import type { Env } from "./env.ts";
import { HealthLink } from "./healthlink.ts";
import { type Beside, News } from "./news.ts";
import { cloudflareFetch } from "./platform.ts";

/** Each plugin runs where the platform lets it; a configuration that needs more is refused by name. */
const plugins = restricted(bundledPlugins, {
  database: "counters of a cluster are in a database, which Workers don't have",
  redis: "Workers keep no connection to Redis between requests",
  files: "Workers have no files",
  sockets: "it keeps a socket open, which Workers don't do between requests",
  datagrams: "Workers send no UDP",
  javascript: "Workers can't run code that comes as text",
});

/** Seconds between two looks for a newer configuration. */
const updateSeconds = 5;

const levels: readonly string[] = ["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"];

/** How often an isolate asks who is down, at most. */
const healthMs = 1_000;

export const edgeLogger = ({ LOG_LEVEL: level = "notice" }: Env): Logger =>
  new ConsoleLogger((levels.includes(level) ? level : "notice") as LogLevel);

/** What the isolate that makes the health checks has in place of the usual. */
export interface ProberPorts {
  readonly timers: Timers;
  readonly board: HealthBoard;
}

/** Whether somebody has to be probed. */
const isProbed = ({ upstreams = {} }: Tables): boolean =>
  Object.values(upstreams).some((row) => {
    const checks = row["healthchecks"] as
      | { readonly active?: Record<"healthy" | "unhealthy", { readonly interval: number }> }
      | undefined;
    const active = checks?.active;
    return active !== undefined && (active.healthy.interval > 0 || active.unhealthy.interval > 0);
  });

/** The gateway of one isolate. Made by its first request: at module scope there is no time, randomness or I/O. */
export class Isolate {
  readonly logger: Logger;
  private readonly gateway: Gateway;
  private readonly configuration: DeclarativeConfiguration;
  private readonly published: KvConfigurations;
  private readonly bundled: string | undefined;
  private version: string | undefined;
  private checkedAtMs = 0;
  private refreshing: Promise<void> | undefined;
  private readonly news: News | undefined;
  private readonly cron: CronTimers;
  private readonly refreshMs: number;
  /** A version that was told but can't be seen here yet. */
  private awaited: string | undefined;
  /** Versions that were left because a newer one was told. */
  private readonly left = new Set<string>();

  private readonly link: HealthLink | undefined;
  private isProbed = false;
  private linkedAtMs = 0;

  /**
   * @param bundled A configuration that serves while nothing was published.
   * @param prober Set for the one that makes the health checks.
   */
  constructor(env: Env, bundled: string | undefined, prober?: ProberPorts) {
    this.logger = edgeLogger(env);
    this.link = prober === undefined && env.HEALTH !== undefined ? new HealthLink(env.HEALTH) : undefined;
    this.cron = new CronTimers(this.logger);
    // An isolate that nobody asks for a while is not behind when somebody does.
    this.cron.every(this.cron.minIntervalMs, "configuration", () =>
      this.version === undefined ? this.begin() : this.refresh(),
    );
    this.published = new KvConfigurations(env.CONFIG);
    this.bundled = bundled;
    this.configuration = new DeclarativeConfiguration({
      plugins,
      routerFlavor: "traditional_compatible",
      clock: webClock,
      random: webRandom,
    });
    this.refreshMs = Math.max(0, Number(env.DB_UPDATE_FREQUENCY ?? updateSeconds)) * 1000;
    const id = crypto.randomUUID();
    this.news = env.EVENTS && this.hear(env.EVENTS, id, env.EVENTS_SOCKET === "on");
    this.gateway = createGateway(
      {
        clock: webClock,
        random: webRandom,
        logger: this.logger,
        timers: prober?.timers ?? new WebTimers(this.logger),
        counters: new DurableDict(env.DICT, "kong_rate_limiting_counters"),
        responses: new MemorySharedDict(webClock),
        board: prober?.board ?? healthBoard(new MemorySharedDict(webClock)),
        dialer: socketDialer,
        dns: edgeDns(env.DNS_RESOLVER, this.logger),
        subtle: webSubtle,
        fetcher: new WebFetcher(),
        files: undefined,
        transport: new FetchTransport(cloudflareFetch),
      },
      {
        version: manifest.version,
        plugins,
        node: { id, hostname: "edge", pid: 0, worker: 0 },
        isProber: prober !== undefined,
        onHealthChange: (change) => this.link?.notice(change),
      },
    );
  }

  private hear(objects: NonNullable<Env["EVENTS"]>, node: string, hasSocket: boolean): News {
    return new News({
      objects,
      node,
      hasSocket,
      logger: this.logger,
      intervalMs: this.refreshMs,
      onPublished: async (version) => {
        this.awaited = version;
        await this.take(version);
      },
      onGap: () => this.refresh(),
    });
  }

  /** The gateway on a configuration. Waits only for the first one; a newer one is looked for beside the request. */
  ready(context: Beside): Gateway | Promise<Gateway> {
    if (this.version === undefined) return (this.refreshing ??= this.begin()).then(() => this.gateway);
    const nowMs = webClock.nowMs();
    if (nowMs - this.checkedAtMs >= this.refreshMs && this.refreshing === undefined) {
      this.refreshing = this.refresh();
      context.waitUntil(this.refreshing);
    }
    this.news?.turn(nowMs, context);
    if (this.link !== undefined && this.isProbed && nowMs - this.linkedAtMs >= healthMs) {
      this.linkedAtMs = nowMs;
      context.waitUntil(this.learn(this.link));
    }
    return this.gateway;
  }

  private async learn(link: HealthLink): Promise<void> {
    try {
      await link.exchange(this.gateway);
    } catch (error) {
      this.logger.log("error", "who is down is not known", { error });
    }
  }

  /** The cron trigger came. @param atMs When it was to come, in milliseconds since the Unix epoch. */
  scheduled(atMs: number): Promise<void> {
    return this.cron.ring(atMs);
  }

  private async begin(): Promise<void> {
    try {
      await this.news?.begin();
    } catch (error) {
      this.logger.log("error", "events of other isolates can't be read", { error });
    }
    await this.refresh();
  }

  /** A version under its own name: KV may show the old pointer for a minute, but what it never saw it asks for. */
  private async take(version: string): Promise<void> {
    const found = version === this.version ? undefined : await this.published.find(version);
    if (found === undefined && version !== this.version) return;
    if (this.version !== undefined) this.left.add(this.version);
    this.left.delete(version);
    if (found !== undefined) this.apply(found.version, found.text);
    if (this.awaited === version) this.awaited = undefined;
  }

  private async refresh(): Promise<void> {
    this.checkedAtMs = webClock.nowMs();
    try {
      if (this.awaited !== undefined) await this.take(this.awaited);
      const version = await this.published.currentVersion();
      if (version === undefined ? this.version !== undefined : version === this.version) return;
      if (version !== undefined && this.left.has(version)) return;
      const found = version === undefined ? undefined : await this.published.current();
      if (found !== undefined) this.apply(found.version, found.text);
      else if (this.version === undefined && this.bundled !== undefined) this.apply("bundled", this.bundled);
    } catch (error) {
      this.logger.log("error", "the configuration can't be refreshed", { error });
    } finally {
      this.refreshing = undefined;
    }
  }

  private apply(version: string, text: string): void {
    const loaded = this.configuration.read(text);
    if (!loaded.ok) {
      const problems = this.configuration.describe(loaded);
      this.logger.log("error", `configuration ${version} is refused, the old one stays`, { problems });
      // Asked for again it would be refused again: only another version is worth a try.
      this.version ??= version;
      return;
    }
    const tables = this.configuration.tables(loaded);
    this.gateway.prepare(tables)();
    this.isProbed = isProbed(tables);
    this.configuration.accept(loaded);
    this.version = version;
  }
}

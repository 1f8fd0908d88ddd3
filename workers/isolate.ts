import { KvConfigurations, socketDialer } from "../adapters/cloudflare/index.ts";
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
  type Logger,
  type LogLevel,
  type Tables,
  type Timers,
} from "../core/index.ts";
import manifest from "../package.json" with { type: "json" };
import type { Env } from "./env.ts";
import { edgeDns } from "./dns.ts";
import { HealthLink } from "./healthlink.ts";
import { cloudflareFetch } from "./platform.ts";

/** How often an isolate asks whether there is a newer configuration, at most. */
const refreshMs = 5_000;

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
    this.published = new KvConfigurations(env.CONFIG);
    this.bundled = bundled;
    this.configuration = new DeclarativeConfiguration({
      plugins: bundledPlugins,
      routerFlavor: "traditional_compatible",
      clock: webClock,
      random: webRandom,
    });
    this.gateway = createGateway(
      {
        clock: webClock,
        random: webRandom,
        logger: this.logger,
        timers: prober?.timers ?? new WebTimers(this.logger),
        counters: new MemorySharedDict(webClock),
        board: prober?.board ?? new MemorySharedDict(webClock),
        dialer: socketDialer,
        dns: edgeDns(env.DNS_RESOLVER, this.logger),
        subtle: webSubtle,
        fetcher: new WebFetcher(),
        files: undefined,
        transport: new FetchTransport(cloudflareFetch),
      },
      {
        version: manifest.version,
        plugins: bundledPlugins,
        node: { id: crypto.randomUUID(), hostname: "edge", pid: 0, worker: 0 },
        isProber: prober !== undefined,
        onHealthChange: (change) => this.link?.notice(change),
      },
    );
  }

  /** The gateway on a configuration. Waits only for the first one; a newer one is looked for beside the request. */
  ready(context: { waitUntil(work: Promise<unknown>): void }): Gateway | Promise<Gateway> {
    if (this.version === undefined) return (this.refreshing ??= this.refresh()).then(() => this.gateway);
    const nowMs = webClock.nowMs();
    if (nowMs - this.checkedAtMs >= refreshMs && this.refreshing === undefined) {
      this.refreshing = this.refresh();
      context.waitUntil(this.refreshing);
    }
    if (this.isProbed && this.link !== undefined && nowMs - this.linkedAtMs >= healthMs) {
      this.linkedAtMs = nowMs;
      context.waitUntil(
        this.link.exchange(this.gateway).catch((error: unknown) => {
          this.logger.log("error", "who is down is not known", { error });
        }),
      );
    }
    return this.gateway;
  }

  private async refresh(): Promise<void> {
    this.checkedAtMs = webClock.nowMs();
    try {
      const version = await this.published.currentVersion();
      if (version === undefined ? this.version !== undefined : version === this.version) return;
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

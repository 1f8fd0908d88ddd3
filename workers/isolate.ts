import { KvConfigurations } from "../adapters/cloudflare/index.ts";
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
  type Logger,
  type LogLevel,
} from "../core/index.ts";
import manifest from "../package.json" with { type: "json" };
import type { Env } from "./env.ts";
import { edgeDns } from "./dns.ts";
import { cloudflareFetch } from "./platform.ts";

/** How often an isolate asks whether there is a newer configuration, at most. */
const refreshMs = 5_000;

const levels: readonly string[] = ["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"];

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

  /** @param bundled A configuration that serves while nothing was published. */
  constructor(env: Env, bundled: string | undefined) {
    const level = env.LOG_LEVEL !== undefined && levels.includes(env.LOG_LEVEL) ? env.LOG_LEVEL : "notice";
    this.logger = new ConsoleLogger(level as LogLevel);
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
        timers: new WebTimers(this.logger),
        counters: new MemorySharedDict(webClock),
        board: new MemorySharedDict(webClock),
        dns: edgeDns(env.DNS_OVER_HTTPS, this.logger),
        subtle: webSubtle,
        fetcher: new WebFetcher(),
        files: undefined,
        transport: new FetchTransport(cloudflareFetch),
      },
      {
        version: manifest.version,
        plugins: bundledPlugins,
        node: { id: crypto.randomUUID(), hostname: "edge", pid: 0, worker: 0 },
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
    this.gateway.prepare(this.configuration.tables(loaded))();
    this.configuration.accept(loaded);
    this.version = version;
  }
}

import {
  CronTimers,
  EdgeTransport,
  KvConfigurations,
  socketDialer,
  SocketTransport,
} from "../adapters/cloudflare/index.ts";
import { MemorySharedDict } from "../adapters/memory/index.ts";
import {
  FetchTransport,
  webClock,
  WebFetcher,
  webRandom,
  webSubtle,
  WebTimers,
} from "../adapters/web/index.ts";
import {
  createGateway,
  type Gateway,
  type HealthBoard,
  healthBoard,
  type Logger,
  type Tables,
  type Timers,
  portablePlugins,
} from "../core/index.ts";
import manifest from "../package.json" with { type: "json" };
import { countersOf } from "./counters.ts";
import { edgeDns } from "./dns.ts";
import { Editions } from "./editions.ts";
import type { Env } from "./env.ts";
import { HealthLink } from "./healthlink.ts";
import { HeldTransport } from "./heldtransport.ts";
import { edgeLogger } from "./logger.ts";
import { type Beside, News } from "./news.ts";
import { cloudflareFetch } from "./platform.ts";

/** Seconds between two looks for a newer configuration. */
const updateSeconds = 5;
/** Work that takes longer may have been cut with the request that began it. */
const cutMs = 10_000;
/** The same for what other requests wait for. */
const patienceMs = 1_000;

/** How often an isolate asks who is down, at most. */
const healthMs = 1_000;

/** What the isolate that makes the health checks has in place of the usual. */
export interface ProberPorts {
  readonly timers: Timers;
  readonly board: HealthBoard;
}

/** The names of upstreams that have to be probed. */
const probedIn = ({ upstreams = {} }: Tables): string[] =>
  Object.values(upstreams).flatMap((row) => {
    const checks = row["healthchecks"] as
      | { readonly active?: Record<"healthy" | "unhealthy", { readonly interval: number }> }
      | undefined;
    const active = checks?.active;
    const isProbed = active !== undefined && (active.healthy.interval > 0 || active.unhealthy.interval > 0);
    return isProbed ? [String(row["name"])] : [];
  });

/** The gateway of one isolate. Made by its first request: at module scope there is no time, randomness or I/O. */
export class Isolate {
  readonly logger: Logger;
  private readonly gateway: Gateway;
  private readonly editions: Editions;
  private readonly news: News | undefined;
  private readonly cron: CronTimers;
  private readonly refreshMs: number;
  private beginning: Promise<void> | undefined;
  private checkedAtMs = 0;
  private isRefreshing = false;

  private readonly link: HealthLink | undefined;
  /** Upstreams that have to be probed. */
  probed: readonly string[] = [];
  private linkedAtMs = 0;

  /**
   * @param bundled A configuration that serves while nothing was published.
   * @param prober Set for the one that makes the health checks.
   */
  constructor(env: Env, bundled: Tables | undefined, prober?: ProberPorts) {
    this.logger = edgeLogger(env);
    this.link = prober === undefined && env.HEALTH !== undefined ? new HealthLink(env.HEALTH) : undefined;
    this.cron = new CronTimers(this.logger);
    // An isolate that nobody asks for a while is not behind when somebody does.
    this.cron.every(this.cron.minIntervalMs, "configuration", () =>
      this.editions.isReady ? this.editions.refresh() : this.editions.begin(),
    );
    const { CONTROL: control } = env;
    this.editions = new Editions({
      published: new KvConfigurations(env.CONFIG),
      control: control && { newest: (known) => control.getByName("control").newest(known) },
      bundled,
      logger: this.logger,
      apply: (tables) => {
        this.gateway.prepare(tables)();
        this.probed = probedIn(tables);
      },
    });
    this.refreshMs = Math.max(0, Number(env.DB_UPDATE_FREQUENCY ?? updateSeconds)) * 1000;
    const id = crypto.randomUUID();
    this.news =
      env.EVENTS &&
      new News({
        objects: env.EVENTS,
        node: id,
        hasSocket: env.EVENTS_SOCKET === "on",
        logger: this.logger,
        intervalMs: this.refreshMs,
        onPublished: (version) => this.editions.take(version),
        onGap: () => this.editions.catchUp(),
        onHealth: (change) => {
          this.gateway.setHealth(change);
          this.link?.notice(change);
        },
      });
    this.gateway = createGateway(
      {
        clock: webClock,
        random: webRandom,
        logger: this.logger,
        timers: prober?.timers ?? new WebTimers(this.logger),
        ...countersOf(env, this.logger),
        responses: new MemorySharedDict(webClock),
        board: prober?.board ?? healthBoard(new MemorySharedDict(webClock)),
        dialer: socketDialer,
        dns: edgeDns(env.DNS_RESOLVER, this.logger),
        subtle: webSubtle,
        fetcher: new WebFetcher("text"),
        files: undefined,
        transport: new EdgeTransport(
          new FetchTransport(cloudflareFetch),
          env.UPSTREAMS === undefined ? new SocketTransport() : new HeldTransport(env.UPSTREAMS),
        ),
      },
      {
        version: manifest.version,
        plugins: portablePlugins,
        node: { id, hostname: "edge", pid: 0, worker: 0 },
        isProber: prober !== undefined,
        onHealthChange: (change) => this.link?.notice(change),
      },
    );
  }

  /** The gateway on a configuration. Waits only for the first one; a newer one is looked for beside the request. */
  ready(context: Beside): Gateway | Promise<Gateway> {
    const nowMs = webClock.nowMs();
    if (!this.editions.isReady) return this.begin(nowMs, context);
    if (nowMs - this.checkedAtMs >= (this.isRefreshing ? cutMs : this.refreshMs)) {
      this.checkedAtMs = nowMs;
      context.waitUntil(this.refresh());
    }
    this.news?.turn(nowMs, context);
    if (this.link !== undefined && this.probed.length > 0 && nowMs - this.linkedAtMs >= healthMs) {
      this.linkedAtMs = nowMs;
      context.waitUntil(this.learn(this.link));
    }
    return this.gateway;
  }

  /** One request begins and others wait with it. Where it was given up meanwhile its work stops: they begin again. */
  private async begin(nowMs: number, context: Beside): Promise<Gateway> {
    this.checkedAtMs = nowMs;
    const isFirst = this.beginning === undefined;
    this.beginning ??= this.editions.begin().finally(() => (this.beginning = undefined));
    await Promise.race([this.beginning, new Promise((resolve) => setTimeout(resolve, patienceMs))]);
    if (!isFirst && !this.editions.isReady) await this.editions.begin();
    // What was told while KV was read is heard; no request waits for that.
    if (isFirst) context.waitUntil(this.news?.begin(() => this.editions.catchUp()) ?? Promise.resolve());
    return this.gateway;
  }

  private async refresh(): Promise<void> {
    this.isRefreshing = true;
    await this.editions.refresh();
    this.isRefreshing = false;
  }

  private async learn(link: HealthLink): Promise<void> {
    try {
      await link.exchange(this.gateway, this.probed);
    } catch (error) {
      this.logger.log("error", "who is down is not known", { error });
    }
  }

  /** The cron trigger came. @param atMs When it was to come, in milliseconds since the Unix epoch. */
  scheduled(atMs: number): Promise<void> {
    return this.cron.ring(atMs);
  }
}

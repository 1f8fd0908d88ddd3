import { DurableObject } from "cloudflare:workers";
import { IttyRouter } from "itty-router/IttyRouter";
import {
  DurableEventLog,
  isNewer,
  KvConfigurations,
  type PublishedConfiguration,
} from "../../adapters/cloudflare/index.ts";
import { cryptoCertificates } from "../../adapters/crypto/index.ts";
import { Migrations, ObjectDriver, SqlEventLog, SqlStore } from "../../adapters/sql/index.ts";
import { webClock, webRandom, webSubtle } from "../../adapters/web/index.ts";
import {
  ClusterEvents,
  createAdmin,
  createStatusApi,
  Database,
  DeclarativeConfiguration,
  derivingSource,
  type Logger,
  readTables,
  tablesOf,
  workerDeclarations,
} from "../../core/index.ts";
import manifest from "../../package.json" with { type: "json" };
import { edgeLogger } from "../logger.ts";
import { healthChannel } from "../news.ts";
import { statusPath } from "./door.ts";
import type { ControlEnv } from "./env.ts";
import { flavorOf, informationOf } from "./information.ts";
import { Problems, problemsPath } from "./problems.ts";
import { Publisher } from "./publisher.ts";
import { ToldHealth } from "./told.ts";
import { replaceAll, wholePath } from "./whole.ts";

/** Milliseconds after which a write that was not published, for whatever reason, is. */
const retryMs = 1_000;
/** Milliseconds between two looks for rows and events whose time is over. */
const purgeMs = 10 * 60 * 1000;

const bornKey = "born";
const nodeKey = "node";
const publishedKey = "published";

/** A value that is made once and stays. */
const kept = <T>(storage: DurableObjectStorage, key: string, make: () => T): T => {
  const found = storage.kv.get<T>(key);
  if (found !== undefined) return found;
  const made = make();
  storage.kv.put(key, made);
  return made;
};

/**
 * The control plane of the edge: one object with the entities in its SQLite. It serves the Admin API and the Status API,
 * and publishes each version of the configuration as a whole: a write is answered when isolates have been told of it.
 */
export class ControlPlane extends DurableObject<ControlEnv> {
  private readonly logger: Logger;
  private readonly store: SqlStore;
  private readonly log: SqlEventLog;
  private readonly database: Database;
  private readonly publisher: Publisher;
  private readonly health: ToldHealth;
  private readonly problems: Problems;
  private readonly router = IttyRouter();

  constructor(context: DurableObjectState, env: ControlEnv) {
    super(context, env);
    const { storage } = context;
    this.logger = edgeLogger(env);
    this.problems = new Problems(this.logger);
    const node = kept(storage, nodeKey, () => crypto.randomUUID());
    const configuration = new DeclarativeConfiguration({
      plugins: workerDeclarations,
      routerFlavor: flavorOf(env),
      certificates: cryptoCertificates,
      clock: webClock,
      random: webRandom,
    });
    const { entities, auto } = configuration.context;
    const tables = tablesOf(entities);
    const driver = new ObjectDriver(storage);
    this.log = new SqlEventLog(driver);
    this.store = new SqlStore({ driver, tables, clock: webClock, random: webRandom, events: this.log, node });
    this.database = new Database({
      store: this.store,
      entities,
      auto: derivingSource(auto, webSubtle),
      onCommitted: () => this.publish(),
    });
    const log = new DurableEventLog(env.EVENTS);
    const events = new ClusterEvents({ log, node, random: webRandom, logger: this.logger });
    const published = new KvConfigurations(env.CONFIG, events);
    this.publisher = new Publisher({
      read: () => this.read(),
      publish: async (configuration) => {
        if (storage.kv.get(publishedKey) === configuration.version) return;
        await published.publish(configuration);
        storage.kv.put(publishedKey, configuration.version);
      },
    });
    this.health = new ToldHealth(webClock, (change) => {
      const told = events.broadcast(healthChannel, JSON.stringify(change));
      context.waitUntil(
        told.catch((error: unknown) => this.logger.log("error", "health can't be told", { error })),
      );
    });
    const options = {
      health: this.health,
      server: `sallyport/${manifest.version}`,
      clock: webClock,
      logger: this.logger,
      database: this.database,
      counts: () => Promise.resolve([]),
      node: () => informationOf(env, node),
    };
    const admin = createAdmin({
      ...options,
      plugins: workerDeclarations,
    });
    const status = createStatusApi(options);
    this.router
      .put(wholePath, (request: Request) => replaceAll(request, configuration, this.database))
      .all(`${statusPath}/*`, (request: Request) =>
        status.fetch(new Request(request.url.replace(statusPath, ""), request)),
      )
      .get(problemsPath, async () => {
        // The object may have begun anew since the last write.
        if (!this.problems.isJudged) await this.read();
        return this.problems.list();
      })
      .all("*", (request: Request) =>
        Promise.resolve(admin.fetch(request)).then((response) => this.problems.tell(request, response)),
      );
    void context.blockConcurrencyWhile(async () => {
      const migrations = new Migrations(driver, tables, () => webClock.nowMs());
      await migrations.up();
      await migrations.finish();
    });
  }

  /** Those who may come in were chosen by the Worker in front. */
  override async fetch(request: Request): Promise<Response> {
    // Should the object end between a commit and its publication, the alarm makes up for it.
    if (request.method !== "GET" && request.method !== "HEAD") await this.wake(retryMs);
    return this.router.fetch(request) as Promise<Response>;
  }

  /** The newest configuration; undefined when `known` is no older, or nothing was ever written. */
  async newest(known: string | undefined): Promise<PublishedConfiguration | undefined> {
    const head = await this.log.head();
    return head > 0 && isNewer(this.nameOf(head), known) ? this.read() : undefined;
  }

  /** Whoever makes the health checks tells what is known: of each upstream by name. */
  learnHealth(states: Parameters<ToldHealth["learn"]>[0]): void {
    this.health.learn(states);
  }

  override async alarm(): Promise<void> {
    await this.store.purge();
    await this.log.prune();
    await this.publish();
    if ((await this.ctx.storage.getAlarm()) === null) await this.wake(purgeMs);
  }

  /** The alarm comes in `ms` milliseconds, or sooner. */
  private async wake(ms: number): Promise<void> {
    const { storage } = this.ctx;
    const atMs = webClock.nowMs() + ms;
    const setMs = await storage.getAlarm();
    if (setMs === null || setMs > atMs) await storage.setAlarm(atMs);
  }

  private nameOf(head: number): string {
    // A control plane that begins anew is newer than one that was before it.
    return `${kept(this.ctx.storage, bornKey, () => webClock.nowMs())}.${head}`;
  }

  /** The rows, and the place in the log that they stand for: nothing comes between the two. */
  private async read(): Promise<PublishedConfiguration> {
    const { entities, auto } = this.database;
    const [tables, head] = await Promise.all([
      this.store.transaction((rows) => readTables({ entities, auto, rows })),
      this.log.head(),
    ]);
    this.problems.judge(tables);
    return { version: this.nameOf(head), text: JSON.stringify(tables) };
  }

  /** What is committed is committed: where publishing fails it is tried again. */
  private async publish(): Promise<void> {
    try {
      await this.publisher.publish();
    } catch (error) {
      this.logger.log("error", "a committed change is not published yet", { error });
      await this.wake(retryMs);
    }
  }
}

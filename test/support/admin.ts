import {
  MemoryClock,
  MemoryEventLog,
  MemoryLogger,
  MemoryRandom,
  MemoryStore,
  MemoryTimers,
} from "../../adapters/memory/index.ts";
import {
  type AdminOptions,
  bundledPlugins,
  createAdmin,
  Database,
  DeclarativeConfiguration,
  type EventLog,
  Schedule,
  type Store,
  tablesOf,
} from "../../core/index.ts";

export interface TestAdmin {
  readonly store: Store;
  /** Where the store tells its changes. */
  readonly log: EventLog;
  readonly clock: MemoryClock;
  readonly timers: MemoryTimers;
  /** Jobs that the node tells of. */
  readonly schedule: Schedule;
  fetch(request: Request): Promise<Response>;
  /** Sends JSON. */
  send(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
}

/** The Admin API on a database in memory. */
export const adminInMemory = (token?: string, rest: Partial<AdminOptions> = {}): TestAdmin => {
  const clock = new MemoryClock();
  const { entities, auto } = new DeclarativeConfiguration({
    plugins: bundledPlugins,
    routerFlavor: "traditional_compatible",
    clock,
    random: new MemoryRandom(),
  }).context;
  const log = new MemoryEventLog(clock);
  const store = new MemoryStore(tablesOf(entities), clock, log);
  const timers = new MemoryTimers(clock);
  const logger = new MemoryLogger();
  const schedule = new Schedule({ timers, clock, logger, random: new MemoryRandom() });
  const app = createAdmin({
    server: "sallyport/1.2.3",
    clock,
    logger,
    timers: () => schedule.statistics,
    plugins: bundledPlugins,
    database: new Database({ store, entities, auto }),
    node: () => ({
      version: "3.9.1",
      sallyport: "1.2.3",
      hostname: "test",
      nodeId: "6f1b0c56-3c0a-4f0e-9a43-0e6f7b0c3a11",
      masterPid: 1,
      workerPids: [2],
      plugins: bundledPlugins,
      properties: {},
    }),
    counts: () => Promise.resolve([]),
    ...(token !== undefined && { token }),
    ...rest,
  });
  return {
    store,
    log,
    clock,
    timers,
    schedule,
    fetch: (request) => app.fetch(request),
    async send(method, path, body) {
      const response = await app.fetch(
        new Request(`http://admin.test${path}`, {
          method,
          ...(body !== undefined && {
            body: JSON.stringify(body),
            headers: { "Content-Type": "application/json" },
          }),
        }),
      );
      const text = await response.text();
      return {
        status: response.status,
        body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
      };
    },
  };
};

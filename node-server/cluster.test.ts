import { expect, test } from "vitest";
import {
  MemoryClock,
  MemoryEventLog,
  MemoryLogger,
  MemoryRandom,
  MemoryStore,
  MemoryTimers,
} from "../adapters/memory/index.ts";
import {
  bundledPlugins,
  Database,
  DeclarativeConfiguration,
  type EventLog,
  type RowChange,
  Schedule,
  type Store,
  type StoredRow,
  type Tables,
  tablesOf,
} from "../core/index.ts";
import type { Conf } from "./conf/load.ts";
import { Cluster } from "./cluster.ts";
import { Feed } from "./feed.ts";

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const consumer = (n: number, username: string): StoredRow => ({
  values: { id: id(n), username, created_at: 1, updated_at: 1 },
  expiresAtMs: null,
});

/** Nodes on one database in memory, whose workers are a record of what they were handed. */
const world = () => {
  const clock = new MemoryClock();
  const timers = new MemoryTimers(clock);
  const memory = new MemoryEventLog(clock);
  // Nothing signals: nodes find what is new by looking.
  const log: EventLog = {
    append: (events) => memory.append(events),
    head: () => memory.head(),
    since: (...where) => memory.since(...where),
    prune: () => memory.prune(),
  };
  const { entities, auto } = new DeclarativeConfiguration({
    plugins: bundledPlugins,
    routerFlavor: "traditional_compatible",
    clock,
    random: new MemoryRandom(),
  }).context;
  const store = new MemoryStore(tablesOf(entities), clock, memory);
  let isDown = false;
  const failing = <T>(work: () => Promise<T>): Promise<T> =>
    isDown ? Promise.reject(new Error("the database is away")) : work();
  const reached: Store = {
    get: (...where) => failing(() => store.get(...where)),
    find: (...where) => failing(() => store.find(...where)),
    page: (...where) => failing(() => store.page(...where)),
    taggings: (query) => failing(() => store.taggings(query)),
    transaction: (work) => store.transaction(work),
    purge: () => store.purge(),
    ping: () => store.ping(),
    close: () => store.close(),
  };
  let count = 0;
  const node = async (conf: Partial<Conf> = {}) => {
    const logger = new MemoryLogger();
    const random = new MemoryRandom(++count);
    const taken: string[] = [];
    const name = (change: RowChange): string =>
      `${change.table} ${(change.row?.["username"] as string | undefined) ?? "gone"}`;
    const database: Database = new Database({
      store: reached,
      entities,
      auto,
      onCommitted: () => cluster.sync(),
    });
    const feed = new Feed(database, logger);
    const cluster: Cluster = new Cluster({
      opened: {
        store: reached,
        log,
        migrations: undefined as never,
        reader: reached,
        ready: async () => undefined,
        close: () => reached.close(),
      },
      feed,
      conf: { dbUpdateMs: 5_000, dbPropagationMs: 0, dbCacheMs: 0, dbResurrectMs: 30_000, ...conf } as Conf,
      node: `n${count}`,
      timers: new Schedule({ timers, clock, random, logger }),
      random,
      logger,
    });
    await cluster.begin();
    await feed.load();
    feed.start({
      change: async (changes) => {
        if (changes.some(({ row }) => row?.["username"] === "refused")) throw new Error("refused");
        taken.push(...changes.map(name));
      },
      configure: async (tables: Tables) =>
        void taken.push(`all: ${Object.values(tables["consumers"]!).length}`),
    });
    await cluster.start();
    const write = (...rows: StoredRow[]): Promise<void> =>
      database.write(async ({ rows: transaction }) => {
        for (const row of rows) await transaction.insert("consumers", row);
      });
    return { taken, write, cluster, logger };
  };
  return { node, timers, clock, memory, store, setDown: (down: boolean) => void (isDown = down) };
};

test("a write is with the own workers before it settles, and with others after their look", async () => {
  const { node, timers } = world();
  const [one, other] = [await node(), await node()];
  await one.write(consumer(1, "ada"), consumer(2, "bob"));
  expect([one.taken, other.taken]).toEqual([["consumers ada", "consumers bob"], []]);
  await timers.advance(5_000);
  expect(other.taken).toEqual(["consumers ada", "consumers bob"]);
  await timers.advance(20_000);
  expect([one.taken.length, other.taken.length]).toEqual([2, 2]);
  await other.cluster.close();
  await one.write(consumer(3, "eve"));
  await timers.advance(20_000);
  expect(other.taken).toHaveLength(2);
});

test("a row that can't be read when its change is told is read when it can", async () => {
  const { node, timers, setDown } = world();
  const [one, other] = [await node(), await node()];
  setDown(true);
  await expect(one.write(consumer(1, "ada"))).rejects.toThrow("away");
  await timers.advance(10_000);
  expect([one.taken, other.taken]).toEqual([[], []]);
  setDown(false);
  await timers.advance(5_000);
  expect([one.taken, other.taken]).toEqual([["consumers ada"], ["consumers ada"]]);
});

test("a row that the workers refuse holds up no other", async () => {
  const { node } = world();
  const one = await node();
  await one.write(consumer(1, "ada"), consumer(2, "refused"), consumer(3, "eve"));
  expect(one.taken).toEqual(["consumers ada", "consumers eve"]);
  expect(one.logger.records).toHaveLength(1);
});

test("who was away for longer than events are kept reads everything, as soon as it can", async () => {
  const { node, timers, clock, memory, setDown } = world();
  const [one, other] = [await node(), await node()];
  await one.write(consumer(1, "ada"));
  clock.advance(2 * 60 * 60 * 1000);
  await memory.prune();
  setDown(true);
  await timers.advance(5_000);
  expect(other.taken).toEqual([]);
  setDown(false);
  await timers.advance(5_000);
  expect(other.taken).toEqual(["all: 1"]);
});

test("with db_cache_ttl everything is read again after it, or, when it can't be, after db_resurrect_ttl", async () => {
  const { node, timers, setDown } = world();
  const one = await node({ dbCacheMs: 100_000, dbResurrectMs: 7_000 });
  await timers.advance(100_000);
  expect(one.taken).toEqual(["all: 0"]);
  setDown(true);
  await timers.advance(100_000);
  expect(one.taken).toEqual(["all: 0"]);
  expect(one.logger.records.map(({ message }) => message)).toContain(
    "rows can't be read again and are served as they were",
  );
  setDown(false);
  await timers.advance(7_000);
  expect(one.taken).toEqual(["all: 0", "all: 0"]);
});

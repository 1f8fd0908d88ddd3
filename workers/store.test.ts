import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { MemoryClock, MemoryRandom } from "../adapters/memory/index.ts";
import { Migrations, ObjectDriver, SqlEventLog, SqlStore } from "../adapters/sql/index.ts";
import type { EventLog, Store, Table } from "../core/index.ts";
import { describeEventLog } from "../test/contracts/eventlog.ts";
import { describeStore, libraryTables } from "../test/contracts/store.ts";
import type { Env } from "./env.ts";

let count = 0;

/** A port whose methods run inside an object: its storage is only there. */
const inside = <T extends object>(name: string, make: (state: DurableObjectState) => Promise<T>): T => {
  const stub = (env as unknown as Required<Env>).DICT.getByName(name);
  let made: Promise<T> | undefined;
  const call = (method: string | symbol, args: readonly unknown[]): Promise<unknown> =>
    runInDurableObject(stub, async (_, state) => {
      const port = await (made ??= make(state));
      return (port[method as keyof T] as (...args: readonly unknown[]) => unknown)(...args);
    });
  return new Proxy({} as T, {
    get: (_, method) => (method === "watch" ? undefined : (...args: unknown[]) => call(method, args)),
  });
};

const open = async (
  state: DurableObjectState,
  tables: readonly Table[],
  clock: MemoryClock,
  seed: number,
) => {
  const driver = new ObjectDriver(state.storage);
  await new Migrations(driver, tables, () => clock.nowMs()).up();
  const log = new SqlEventLog(driver);
  const random = new MemoryRandom(seed);
  return { log, store: new SqlStore({ driver, tables, clock, random, events: log, node: "n" }) };
};

describeStore("a Durable Object's SQLite", async () => {
  const name = `store ${++count}`;
  const clock = new MemoryClock();
  const at = async (seed: number) => {
    let opened: ReturnType<typeof open> | undefined;
    const once = (state: DurableObjectState) => (opened ??= open(state, libraryTables, clock, seed));
    return {
      store: inside<Store>(name, async (state) => (await once(state)).store),
      log: inside<EventLog>(name, async (state) => (await once(state)).log),
    };
  };
  return {
    ...(await at(1)),
    nowMs: () => clock.nowMs(),
    advance: (ms) => clock.advance(ms),
    reopen: () => at(2),
    close: async () => undefined,
  };
});

describeEventLog("a Durable Object's SQLite", async () => {
  const name = `log ${++count}`;
  const clock = new MemoryClock();
  const at = (seed: number) =>
    inside<EventLog>(name, async (state) => (await open(state, [], clock, seed)).log);
  return {
    log: at(1),
    other: at(2),
    pass: (ms) => new Promise<void>((resolve) => void setTimeout(resolve, ms)),
    close: async () => undefined,
  };
});

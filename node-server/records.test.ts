import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { MessageChannel } from "node:worker_threads";
import { MemoryClock, MemoryRandom } from "../adapters/memory/index.ts";
import { Migrations, SqlEventLog, SqlStore } from "../adapters/sql/index.ts";
import { SqliteDriver } from "../adapters/sql/node.ts";
import {
  bundledPlugins,
  Database,
  DatabaseRecords,
  DeclarativeConfiguration,
  tablesOf,
} from "../core/index.ts";
import { describeRecords } from "../test/contracts/records.ts";
import { answerRecords, type RecordsAnswer, type RecordsCall, RemoteRecords } from "./records.ts";

/** A database in a file. */
const open = async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-"));
  const clock = new MemoryClock();
  const random = new MemoryRandom();
  const { entities, auto } = new DeclarativeConfiguration({
    plugins: bundledPlugins,
    routerFlavor: "traditional_compatible",
    clock,
    random,
  }).context;
  const driver = new SqliteDriver(path.join(folder, "records.db"));
  const tables = tablesOf(entities);
  await new Migrations(driver, tables, () => clock.nowMs()).up();
  const store = new SqlStore({ driver, tables, clock, random, events: new SqlEventLog(driver), node: "n" });
  return {
    records: new DatabaseRecords(new Database({ store, entities, auto })),
    advance: (ms: number) => clock.advance(ms),
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

describeRecords("a database", open);

describeRecords("asked by a worker", async () => {
  const { records, ...rest } = await open();
  const { port1: worker, port2: master } = new MessageChannel();
  const remote = new RemoteRecords(true, (id, call) => worker.postMessage({ id, call }));
  worker.on("message", ({ id, answer }: { id: number; answer: RecordsAnswer }) => remote.settle(id, answer));
  master.on("message", ({ id, call }: { id: number; call: RecordsCall }) => {
    void answerRecords(records, call).then((answer) => master.postMessage({ id, answer }));
  });
  return {
    ...rest,
    records: remote,
    async close() {
      worker.close();
      await rest.close();
    },
  };
});

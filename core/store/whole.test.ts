import { describe, expect, test } from "vitest";
import { MemoryClock, MemoryEventLog, MemoryStore } from "../../adapters/memory/index.ts";
import { countingAuto, entities } from "../../test/support/entities.ts";
import { load } from "../declarative/index.ts";
import { Database, readTables, type Tables, tablesOf, writeTables } from "./index.ts";

const auto = countingAuto();
const tables = (rest: Record<string, unknown>): Tables => {
  const result = load({ _format_version: "3.0", ...rest }, { entities, auto });
  if (!result.ok) throw new Error(result.error.message);
  return result.entities as unknown as Tables;
};
const withLog = (): { access: Database; log: MemoryEventLog } => {
  const clock = new MemoryClock();
  const log = new MemoryEventLog(clock);
  const store = new MemoryStore(tablesOf(entities), clock, log);
  return { access: new Database({ store, entities, auto }), log };
};
const database = (): Database => withLog().access;
const names = async (access: Database, entity: string): Promise<unknown[]> =>
  Object.values((await readTables(access))[entity] ?? {})
    .map((row) => String(row["name"] ?? row["username"]))
    .sort();

const services = [{ name: "s", host: "h", routes: [{ name: "r", paths: ["/"] }] }];

describe("a whole configuration", () => {
  test("is read as it was written, credentials that live a while included", async () => {
    const access = database();
    const consumers = [{ username: "ada", keyauth_credentials: [{ key: "k", ttl: 60 }] }];
    const given = tables({ services, consumers });
    expect(await writeTables(access, given)).toEqual({ written: 4, unchanged: 0, deleted: 0 });
    const read = await readTables(access);
    for (const [name, table] of Object.entries(given)) expect(read[name]).toEqual(table);
    expect(Object.values(read["keyauth_credentials"]!)).toMatchObject([{ key: "k", ttl: 60 }]);
  });

  test("is written a second time without a write", async () => {
    const { access, log } = withLog();
    await writeTables(access, tables({ services }));
    const seq = await log.head();
    expect(await writeTables(access, tables({ services }))).toEqual({ written: 0, unchanged: 2, deleted: 0 });
    expect(await log.head()).toBe(seq);
  });

  test("deletes nothing unless it is said to be complete", async () => {
    const access = database();
    await writeTables(access, tables({ services, consumers: [{ username: "ada" }] }));
    const fewer = tables({ services: [{ name: "t", host: "h" }] });
    await writeTables(access, fewer);
    expect([await names(access, "services"), await names(access, "routes")]).toEqual([["s", "t"], ["r"]]);
    expect(await writeTables(access, fewer, { isComplete: true })).toEqual({
      written: 0,
      unchanged: 1,
      deleted: 3,
    });
    expect([await names(access, "services"), await names(access, "consumers")]).toEqual([["t"], []]);
  });

  test("with a row that does not fit is not written at all", async () => {
    const access = database();
    await writeTables(access, tables({ services: [{ ...services[0], routes: [] }] }));
    const clash = tables({
      services: [
        { name: "new", host: "h" },
        { id: "6f1b0c56-3c0a-4f0e-9a43-0e6f7b0c3a11", name: "s", host: "h" },
      ],
    });
    await expect(writeTables(access, clash)).rejects.toThrow("UNIQUE violation detected on '{name=\"s\"}'");
    expect(await names(access, "services")).toEqual(["s"]);
  });

  test("tells its progress row by row", async () => {
    const told: string[] = [];
    await writeTables(database(), tables({ services }), {
      onProgress: (done, of) => told.push(`${done}/${of}`),
    });
    expect(told).toEqual(["1/2", "2/2"]);
  });
});

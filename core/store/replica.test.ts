import { expect, test } from "vitest";
import { MemoryClock, MemoryEventLog, MemoryStore } from "../../adapters/memory/index.ts";
import { libraryTables } from "../../test/contracts/store.ts";
import { ReplicaReader } from "./replica.ts";

const table = libraryTables.find(({ foreign }) => foreign.length === 0)!;
const row = (id: string) => ({ values: { [table.primaryKey]: id }, expiresAtMs: null });

const world = async () => {
  const clock = new MemoryClock();
  const open = () => new MemoryStore(libraryTables, clock, new MemoryEventLog(clock));
  const [copy, original] = [open(), open()];
  await copy.transaction((rows) => rows.insert(table.name, row("both")));
  await original.transaction(async (rows) => {
    await rows.insert(table.name, row("both"));
    await rows.insert(table.name, row("new"));
  });
  return { copy, original };
};

test("lists come from the copy; a row that it lacks, from the original", async () => {
  const { copy, original } = await world();
  const reader = new ReplicaReader(copy, original, () => expect.unreachable());
  expect(await reader.page(table.name, { limit: 10 })).toEqual([row("both")]);
  expect(await reader.get(table.name, "new")).toEqual(row("new"));
  expect(await reader.find(table.name, table.primaryKey, "new")).toEqual(row("new"));
  expect(await reader.get(table.name, "nowhere")).toBeUndefined();
});

test("a copy that does not answer is told of, and the original answers", async () => {
  const { original } = await world();
  const fail = () => Promise.reject(new Error("away"));
  const told: unknown[] = [];
  const away = { get: fail, find: fail, page: fail, taggings: fail };
  const reader = new ReplicaReader(away, original, (error) => told.push(error));
  expect(await reader.page(table.name, { limit: 10 })).toHaveLength(2);
  expect(await reader.get(table.name, "both")).toEqual(row("both"));
  expect(await reader.taggings({ limit: 1 })).toEqual([]);
  expect(told).toHaveLength(3);
});

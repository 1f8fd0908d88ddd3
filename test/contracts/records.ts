import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Records } from "../../core/index.ts";

export interface RecordsUnderTest {
  readonly records: Records;
  /** Lets time pass for the rows. */
  advance(ms: number): void;
  close(): Promise<void>;
}

/** The promises of {@link Records}, over the entities of the bundled plugins. Each test begins with no rows. */
export const describeRecords = (name: string, open: () => Promise<RecordsUnderTest>): void => {
  describe(`records: ${name}`, () => {
    let world: RecordsUnderTest;
    beforeEach(async () => void (world = await open()));
    afterEach(() => world?.close());

    const key = async (values: Record<string, unknown> = {}) => {
      const { records } = world;
      const consumer = await records.insert("consumers", { username: "ada" });
      return records.insert("keyauth_credentials", { consumer: { id: consumer.id }, ...values });
    };

    test("a row that was added is found by its id and its unique fields, with what it got by itself", async () => {
      const made = await key({ key: "k" });
      expect(made).toMatchObject({ id: expect.any(String), key: "k", created_at: expect.any(Number) });
      expect(await world.records.find("keyauth_credentials", "key", "k")).toEqual(made);
      expect(await world.records.find("keyauth_credentials", "id", made.id)).toEqual(made);
      expect(await world.records.find("keyauth_credentials", "key", "other")).toBeUndefined();
    });

    test("every row of an entity is listed, but for those whose time is over", async () => {
      const { records } = world;
      expect(records.isWritable).toBe(true);
      const made = await key({ key: "k" });
      const { consumer } = made;
      const short = await records.insert("keyauth_credentials", { consumer, key: "s", ttl: 10 });
      const keys = async () => (await records.list("keyauth_credentials")).map(({ id }) => id).sort();
      expect(await keys()).toEqual([made.id, short.id].sort());
      world.advance(11_000);
      expect(await keys()).toEqual([made.id]);
    });

    test("changes are merged into a row; one that is gone stays so", async () => {
      const made = await key({ key: "k" });
      const changed = await world.records.update("keyauth_credentials", made.id, { key: "other" });
      expect(changed).toEqual({ ...made, key: "other" });
      expect(await world.records.find("keyauth_credentials", "key", "k")).toBeUndefined();
      expect(await world.records.remove("keyauth_credentials", made.id)).toBe(true);
      expect(await world.records.update("keyauth_credentials", made.id, { key: "again" })).toBeUndefined();
    });

    test("of several who remove a row one is told that it was there", async () => {
      const { id } = await key();
      const told = await Promise.all(
        Array.from({ length: 5 }, () => world.records.remove("keyauth_credentials", id)),
      );
      expect(told.filter((wasThere) => wasThere)).toHaveLength(1);
    });

    test("rows that refer to one that is removed go as their relation says", async () => {
      const made = await key({ key: "k" });
      await world.records.remove("consumers", (made["consumer"] as { id: string }).id);
      expect(await world.records.find("keyauth_credentials", "key", "k")).toBeUndefined();
    });

    test("a row lives as long as its ttl", async () => {
      await key({ key: "k", ttl: 10 });
      world.advance(9_000);
      expect(await world.records.find("keyauth_credentials", "key", "k")).toBeDefined();
      world.advance(2_000);
      expect(await world.records.find("keyauth_credentials", "key", "k")).toBeUndefined();
    });

    test("what the schema or another row forbids is refused, and nothing is written", async () => {
      await key({ key: "k" });
      const { records } = world;
      await expect(records.insert("consumers", {})).rejects.toThrow("at least one of these fields");
      await expect(records.insert("consumers", { username: "ada" })).rejects.toThrow("UNIQUE violation");
      const consumer = { id: "00000000-0000-4000-8000-000000000000" };
      await expect(records.insert("keyauth_credentials", { consumer, key: "x" })).rejects.toThrow(
        "does not reference an existing",
      );
      expect(await records.find("keyauth_credentials", "key", "x")).toBeUndefined();
    });
  });
};

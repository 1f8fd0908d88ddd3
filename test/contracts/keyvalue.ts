import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { KeyValue } from "../../core/index.ts";

export interface KeyValueUnderTest {
  readonly storage: KeyValue;
  /** Lets time pass for what is kept. */
  advance(ms: number): void | Promise<void>;
  close(): Promise<void>;
}

/** The promises of {@link KeyValue}. Each test begins with nothing. */
export const describeKeyValue = (name: string, open: () => Promise<KeyValueUnderTest>): void => {
  describe(`texts under keys: ${name}`, () => {
    let world: KeyValueUnderTest;
    beforeEach(async () => void (world = await open()));
    afterEach(() => world?.close());

    test("a text is found until it is deleted, and replaced by another", async () => {
      const { storage } = world;
      expect(await storage.get("a")).toBeUndefined();
      await storage.set("a", "1");
      await storage.set("a", "2 – zwei");
      expect(await storage.get("a")).toBe("2 – zwei");
      await storage.delete("a");
      await storage.delete("a");
      expect(await storage.get("a")).toBeUndefined();
    });

    test("of several who add the same key one writes", async () => {
      const { storage } = world;
      const texts = ["1", "2", "3"];
      const wrote = await Promise.all(texts.map((text) => storage.add("a", text)));
      expect(wrote.filter(Boolean)).toHaveLength(1);
      expect(await storage.get("a")).toBe(texts[wrote.indexOf(true)]);
    });

    test("a text lives as long as it was told, and can be added again then", async () => {
      const { storage } = world;
      await storage.set("lasting", "1", 1_000);
      await storage.set("lasting", "2");
      await storage.set("a", "1");
      await storage.set("a", "2", 1_000);
      expect(await storage.add("a", "3", 1_000)).toBe(false);
      await world.advance(1_100);
      expect([await storage.get("a"), await storage.get("lasting")]).toEqual([undefined, "2"]);
      expect(await storage.add("a", "3", 1_000)).toBe(true);
    });

    test("keys are listed by how they begin, to the letter", async () => {
      const { storage } = world;
      for (const key of ["p:*:a", "p:*:b", "p:x:a", "q"]) await storage.set(key, "1");
      expect((await storage.keys("p:*:")).sort()).toEqual(["p:*:a", "p:*:b"]);
      expect(await storage.keys("none")).toEqual([]);
    });
  });
};

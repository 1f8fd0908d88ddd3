import { describe, expect, test } from "vitest";
import type { DictValue, SharedDict } from "../../core/index.ts";

export interface SharedDictWorld {
  /** Empty, with room for thousands of entries. */
  readonly dict: SharedDict;
  /** Empty, with room for some tens of entries of 1,000 bytes. */
  readonly small: SharedDict;
  /** Lets `ms` pass, at once. */
  pass(ms: number): void | Promise<void>;
}

/** Settles what a call gives or throws, at once or later. */
const failure = async (call: () => unknown): Promise<unknown> => {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
};
const kilobyte = "x".repeat(1000);

/** The promises of {@link SharedDict}. */
export const describeSharedDict = (
  name: string,
  make: () => SharedDictWorld | Promise<SharedDictWorld>,
): void => {
  describe(`the shared dict of ${name}`, () => {
    test("gives back every kind of value as it was set, until it is replaced or deleted", async () => {
      const { dict } = await make();
      const values: DictValue[] = [
        "",
        "text",
        "ä\u{1F600}\u0000",
        "lone \uD83D half",
        "z".repeat(5000),
        "é".repeat(777),
        0,
        -1.5,
        2 ** 40,
        true,
        false,
        new Uint8Array(0),
        Uint8Array.from({ length: 999 }, (_, i) => i % 256),
      ];
      for (const [i, value] of values.entries()) expect(await dict.set(`k${i}`, value)).toBe("stored");
      for (const [i, value] of values.entries()) expect(await dict.get(`k${i}`)).toEqual(value);
      for (const value of values) {
        await dict.set("one", value);
        expect(await dict.get("one")).toEqual(value);
      }
      await dict.delete("one");
      await dict.delete("one");
      expect([await dict.get("one"), await dict.get("never")]).toEqual([undefined, undefined]);
    });

    test("keeps its own copy of bytes", async () => {
      const { dict } = await make();
      const bytes = Uint8Array.of(1, 2, 3);
      await dict.set("b", bytes);
      bytes[0] = 9;
      ((await dict.get("b")) as Uint8Array)[1] = 9;
      expect(await dict.get("b")).toEqual(Uint8Array.of(1, 2, 3));
    });

    test("keeps flags of 32 bits beside a value", async () => {
      const { dict } = await make();
      await dict.set("a", 1, Infinity, 2 ** 32 - 1);
      expect(await dict.getWithFlags("a")).toEqual({ value: 1, flags: 2 ** 32 - 1 });
      await dict.set("a", 2);
      expect(await dict.getWithFlags("a")).toEqual({ value: 2, flags: 0 });
      expect(await dict.getWithFlags("b")).toBeUndefined();
    });

    test("keeps keys apart that look alike, and refuses one that is too long", async () => {
      const { dict } = await make();
      const long = "a".repeat(65_535);
      const keys = ["a:b", "a:b:", "ab:", "", "ä", "a\u0000b", "\u0100", "a".repeat(1000), long];
      for (const [i, key] of keys.entries()) await dict.set(key, i);
      const values = [];
      for (const key of keys) values.push(await dict.get(key));
      expect(values).toEqual(keys.map((_, i) => i));
      expect(await failure(() => dict.set(`${long}a`, 1))).toBeInstanceOf(RangeError);
    });

    test("adds only what is absent, and replaces only what is live", async () => {
      const { dict, pass } = await make();
      expect(await dict.replace("a", 1)).toBe("absent");
      expect(await dict.add("a", 1, 60_000)).toBe("stored");
      expect(await dict.add("a", 2)).toBe("exists");
      expect(await dict.safeAdd("a", 2)).toBe("exists");
      expect(await dict.replace("a", 3, 60_000)).toBe("stored");
      expect(await dict.get("a")).toBe(3);
      await pass(60_000);
      expect(await dict.replace("a", 4)).toBe("absent");
      expect(await dict.safeAdd("a", 5)).toBe("stored");
      expect(await dict.get("a")).toBe(5);
    });

    test("forgets a key when its time is over, but still tells it as stale", async () => {
      const { dict, pass } = await make();
      await dict.set("a", "v", 60_000, 7);
      expect(await dict.getStale("a")).toEqual({ value: "v", flags: 7, isStale: false });
      await pass(60_000);
      expect([await dict.get("a"), await dict.getWithFlags("a")]).toEqual([undefined, undefined]);
      expect(await dict.getStale("a")).toEqual({ value: "v", flags: 7, isStale: true });
      expect(await dict.getStale("b")).toBeUndefined();
    });

    test("tells and changes what is left of an entry's time", async () => {
      const { dict, pass } = await make();
      await dict.set("a", 1, 60_000);
      await dict.set("b", 1);
      const left = (await dict.ttl("a"))!;
      expect(left > 50_000 && left <= 60_000).toBe(true);
      expect([await dict.ttl("b"), await dict.ttl("c")]).toEqual([Infinity, undefined]);
      expect([await dict.expire("a", Infinity), await dict.expire("c", 10)]).toEqual([true, false]);
      expect(await dict.ttl("a")).toBe(Infinity);
      await dict.expire("b", 50);
      await pass(50);
      expect([await dict.ttl("b"), await dict.expire("b", 50)]).toEqual([undefined, false]);
      expect(await failure(() => dict.set("a", 1, 0))).toBeInstanceOf(RangeError);
      expect(await failure(() => dict.expire("a", -1))).toBeInstanceOf(RangeError);
    });

    test("counts from the initial value, in both directions, beyond 32 bits", async () => {
      const { dict } = await make();
      expect(await dict.incr("n", 1)).toBeUndefined();
      expect(await dict.incr("n", 1, 0, 10_000)).toBe(1);
      expect(await dict.incr("n", 5, 100)).toBe(6);
      expect(await dict.incr("n", -7)).toBe(-1);
      expect(await dict.incr("m", 1, 2 ** 40)).toBe(2 ** 40 + 1);
      await dict.set("t", "text");
      expect(await failure(() => dict.incr("t", 1, 0))).toBeInstanceOf(TypeError);
    });

    test("does not prolong a number by counting", async () => {
      const { dict, pass } = await make();
      await dict.incr("n", 1, 0, 60_000);
      await pass(30_000);
      expect(await dict.incr("n", 1, 0, 60_000)).toBe(2);
      await pass(30_000);
      expect(await dict.get("n")).toBeUndefined();
      expect(await dict.incr("n", 1, 0, 60_000)).toBe(1);
    });

    test("keeps lists, open at both ends", async () => {
      const { dict } = await make();
      expect([await dict.llen("l"), await dict.lpop("l"), await dict.rpop("l")]).toEqual([
        0,
        undefined,
        undefined,
      ]);
      expect(await dict.rpush("l", "b")).toBe(1);
      expect(await dict.rpush("l", 3)).toBe(2);
      expect(await dict.lpush("l", "a".repeat(300))).toBe(3);
      expect(await dict.llen("l")).toBe(3);
      expect(await dict.rpop("l")).toBe(3);
      expect(await dict.lpop("l")).toBe("a".repeat(300));
      expect(await dict.lpop("l")).toBe("b");
      expect([await dict.llen("l"), await dict.getStale("l")]).toEqual([0, undefined]);
    });

    test("takes no list for a value and no value for a list", async () => {
      const { dict, pass } = await make();
      await dict.rpush("l", 1);
      await dict.set("v", 1);
      for (const call of [
        () => dict.get("l"),
        () => dict.getStale("l"),
        () => dict.incr("l", 1, 0),
        () => dict.lpush("v", 1),
        () => dict.rpop("v"),
        () => dict.llen("v"),
      ])
        expect(await failure(call)).toBeInstanceOf(TypeError);
      expect(await dict.expire("l", 50)).toBe(true);
      await pass(50);
      expect(await dict.llen("l")).toBe(0);
      expect(await dict.rpush("l", 2)).toBe(1);
      expect(await dict.ttl("l")).toBe(Infinity);
      expect(await dict.set("l", "value")).toBe("stored");
      expect(await dict.get("l")).toBe("value");
    });

    test("lists keys that are live", async () => {
      const { dict, pass } = await make();
      await dict.set("over", 1, 50);
      for (const key of ["a", "b", "c"]) await dict.set(key, 1);
      await dict.rpush("list", 1);
      await pass(50);
      expect((await dict.keys()).toSorted()).toEqual(["a", "b", "c", "list"]);
      expect(await dict.keys(2)).toHaveLength(2);
    });

    test("forgets keys by prefix, and no others", async () => {
      const { dict } = await make();
      for (const key of ["1:a:x", "1:a:", "1:b:x", "11:a:x", "1:a:%_"]) await dict.set(key, key);
      await dict.clear("1:a:");
      expect((await dict.keys()).toSorted()).toEqual(["11:a:x", "1:b:x"]);
    });

    test("ends every entry at once, and frees those that are over", async () => {
      const { dict } = await make();
      const free = await dict.freeBytes();
      for (let i = 0; i < 5; i++) await dict.set(`k${i}`, i);
      expect((await dict.freeBytes()) < free).toBe(true);
      await dict.flushAll();
      expect([await dict.get("k0"), await dict.keys()]).toEqual([undefined, []]);
      expect(await dict.getStale("k0")).toMatchObject({ value: 0, isStale: true });
      await dict.set("live", 1);
      expect(await dict.flushExpired(2)).toBe(2);
      expect(await dict.flushExpired()).toBe(3);
      await dict.delete("live");
      expect(await dict.freeBytes()).toBe(free);
      expect(free <= dict.capacityBytes).toBe(true);
    });

    test("lets old entries give way, tells so, and stays within its capacity", async () => {
      const { small } = await make();
      const results = new Set<string>();
      for (let i = 0; i < 500; i++) results.add(await small.set(`k${i}`, kilobyte));
      expect(results).toEqual(new Set(["stored", "evicting"]));
      const keys = await small.keys(Infinity);
      expect(keys.length * 1000 <= small.capacityBytes && keys.length >= 10).toBe(true);
      expect(await small.evictions()).toBe(500 - keys.length);
      expect(keys).toContain("k499");
      expect(await small.get("k0")).toBeUndefined();
      expect(await small.incr("counter", 1, 0)).toBe(1);
    });

    test("lets what was used last stay", async () => {
      const { small } = await make();
      let count = 0;
      await small.set("kept", kilobyte);
      for (; (await small.evictions()) === 0 && count < 500; count++) {
        await small.set(`k${count}`, kilobyte);
        if (small.evicts === "least recently used") await small.get("kept");
        else await small.set("kept", kilobyte);
      }
      for (let i = 0; i < count - 2; i++) {
        await small.set(`more${i}`, kilobyte);
        await (small.evicts === "least recently used" ? small.get("kept") : small.set("kept", kilobyte));
      }
      expect(await small.get("kept")).toBe(kilobyte);
      expect(await small.get("k0")).toBeUndefined();
    });

    test("gives up nothing live for the safe ways to write, and for lists", async () => {
      const { small, pass } = await make();
      let stored = 0;
      while ((await small.safeSet(`k${stored}`, kilobyte, 60_000)) === "stored" && stored < 500) stored++;
      expect(stored < 500).toBe(true);
      expect(await small.safeAdd("other", kilobyte)).toBe("full");
      expect(await small.rpush("list", kilobyte)).toBeUndefined();
      expect(await small.evictions()).toBe(0);
      await pass(60_000);
      expect(await small.safeAdd("other", kilobyte)).toBe("stored");
      expect(await small.rpush("list", kilobyte)).toBe(1);
      expect(await small.evictions()).toBe(0);
    });

    test("refuses an entry that is larger than all the room", async () => {
      const { small } = await make();
      await small.set("a", 1);
      expect(await small.set("huge", "x".repeat(small.capacityBytes + 1))).toBe("full");
      expect(await small.get("a")).toBe(1);
    });
  });
};

/** What two instances on one dict promise each other. */
export const describeSharing = (name: string, make: () => Promise<[SharedDict, SharedDict]>): void => {
  test(`two that share ${name} see each other's writes and lose no count`, async () => {
    const [a, b] = await make();
    await a.set("v", "from a");
    expect(await b.get("v")).toBe("from a");
    await Promise.all(Array.from({ length: 200 }, async (_, i) => (i % 2 ? a : b).incr("n", 1, 0)));
    expect(await a.get("n")).toBe(200);
    const added = await Promise.all([a, b, a, b].map(async (dict) => dict.add("once", 1)));
    expect(added.filter((result) => result === "stored")).toHaveLength(1);
  });
};

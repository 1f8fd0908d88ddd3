import { env } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { MemoryClock } from "../memory/index.ts";
import { Mlcache } from "../../core/mlcache/index.ts";
import { KvDouble } from "../../test/workerd/kvdouble.ts";
import { type DictShard, DurableDict, KvDict } from "./index.ts";

const { CONFIG, DICT } = env as unknown as { CONFIG: KVNamespace; DICT: DurableObjectNamespace<DictShard> };

describe("a dict in KV", () => {
  test("gives back every kind of value, until its time is over", async () => {
    const clock = new MemoryClock();
    const dict = new KvDict(CONFIG, clock, "kinds");
    for (const value of ["", "ä\u{1F600}", "lone \uD83D half", 1.5, true, Uint8Array.of(0, 255)]) {
      expect(await dict.set("k", value, 90_000)).toBe("stored");
      expect(await dict.get("k")).toEqual(value);
    }
    clock.advance(90_000);
    expect(await dict.get("k")).toBeUndefined();
  });

  test("refuses what KV can't keep: times below a minute, keys above 512 bytes", async () => {
    const dict = new KvDict(CONFIG, new MemoryClock(), "limits");
    await expect(dict.set("k", 1, 59_999)).rejects.toThrow(RangeError);
    await expect(dict.set("k".repeat(510), 1)).rejects.toThrow(RangeError);
    expect(dict.minTtlMs).toBe(60_000);
  });

  test("forgets by key and by prefix", async () => {
    const dict = new KvDict(CONFIG, new MemoryClock(), "prefix");
    for (const key of ["a:1", "a:2", "b"]) await dict.set(key, key);
    await dict.delete("b");
    await dict.clear("a:");
    expect(await Promise.all(["a:1", "a:2", "b"].map((key) => dict.get(key)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("KV that another location sees a minute late", () => {
  const world = () => {
    const clock = new MemoryClock();
    const kv = new KvDouble(clock);
    return { clock, dicts: [0, 1].map(() => new KvDict(kv.location(), clock, "d")) as [KvDict, KvDict] };
  };

  test("shows what was there for as long as the dict says", async () => {
    const { clock, dicts } = world();
    const [here, there] = dicts;
    await here.set("k", "old");
    await there.get("k");
    await here.set("k", "new");
    expect(await there.get("k")).toBe("old");
    clock.advance(there.stalenessMs);
    expect(await there.get("k")).toBe("new");
  });

  test("is no place for what changes: a cache on it can't be changed, and never shows another version's value", async () => {
    const { clock, dicts } = world();
    const cacheOf = (l2: KvDict, version: string): Mlcache<string> =>
      new Mlcache({ name: `consumers@${version}`, clock, l2, ttlMs: 600_000, negTtlMs: 60_000 });
    const [here, there] = dicts.map((dict) => cacheOf(dict, "v1"));
    expect(await here.get("k", () => "one")).toMatchObject({ value: "one", from: "origin" });
    await there.get("k", () => "one");
    for (const change of [here.set("k", "two"), here.delete("k"), here.purge()])
      await expect(change).rejects.toThrow(TypeError);
    // What changes gets another version, and with it another key.
    for (const dict of dicts) expect((await cacheOf(dict, "v2").get("k", () => "two")).value).toBe("two");
  });

  test("refuses times that it can't keep when the cache is made; a value's own shorter time stays on the first level", async () => {
    const { clock, dicts } = world();
    expect(() => new Mlcache({ name: "c", clock, l2: dicts[0], negTtlMs: 60_000 })).toThrow(TypeError);
    const cache = new Mlcache<string>({ name: "c", clock, l2: dicts[0], ttlMs: 60_000, negTtlMs: 60_000 });
    expect((await cache.get("k", () => "v", { ttlMs: 1000 })).from).toBe("origin");
    expect((await cache.get("k", () => "w")).from).toBe("l1");
    clock.advance(1000);
    expect((await cache.get("k", () => "w")).value).toBe("w");
  });

  test("leaves strong reads to Durable Objects: each sees the write before it", async () => {
    const [here, there] = [0, 1].map(() => new DurableDict(DICT, "strong", 4)) as [DurableDict, DurableDict];
    expect(here.stalenessMs).toBe(0);
    for (let i = 0; i < 20; i++) {
      await here.set("k", i);
      expect(await there.get("k")).toBe(i);
    }
  });
});

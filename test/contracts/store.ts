import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  changeChannel,
  type EventLog,
  readChange,
  type Store,
  type StoredRow,
  type StoreTransaction,
  type Table,
} from "../../core/index.ts";

/** A world in small: shelves hold books, a book may have a sequel, cards expire. */
export const libraryTables: readonly Table[] = [
  { name: "shelves", primaryKey: "id", unique: [{ name: "name", fields: ["name"] }], foreign: [] },
  {
    name: "books",
    primaryKey: "id",
    unique: [
      { name: "title", fields: ["title"] },
      { name: "cache_key", fields: ["shelf", "place"] },
    ],
    foreign: [{ field: "shelf", table: "shelves" }],
  },
  { name: "cards", primaryKey: "id", unique: [{ name: "key", fields: ["key"] }], foreign: [] },
];

export interface StoreWorld {
  readonly store: Store;
  /** Where the store tells its changes. */
  readonly log: EventLog;
  /** Milliseconds since the epoch, for the store. */
  nowMs(): number;
  /** Lets time pass for the store. */
  advance(ms: number): void;
  /** Opens the same data once more. */
  reopen?(): Promise<Pick<StoreWorld, "store" | "log">>;
  close(): Promise<void>;
}

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const row = (values: Record<string, unknown>, expiresAtMs: number | null = null): StoredRow => ({
  values,
  expiresAtMs,
});
const shelf = (n: number, name: string | null = `s${n}`, tags: string[] | null = null): StoredRow =>
  row({ id: id(n), name, tags });
const book = (n: number, title: string | null, shelfNumber: number | null, place = "1"): StoredRow =>
  row({ id: id(n), title, place, shelf: shelfNumber === null ? null : { id: id(shelfNumber) } });

/** The promises of {@link Store}, on {@link libraryTables}. */
export const describeStore = (name: string, make: () => Promise<StoreWorld>): void => {
  describe(`the store of ${name}`, () => {
    let world: StoreWorld;
    let store: Store;
    beforeEach(async () => {
      world = await make();
      ({ store } = world);
    });
    afterEach(() => world.close());

    /** What was told after a place in the log. */
    const changes = async (seq = 0, log = world.log): Promise<[string, string][]> => {
      const { events } = (await log.since(seq, 0, 100))!;
      return events
        .filter(({ channel }) => channel === changeChannel)
        .map((event) => {
          const { table, id } = readChange(event);
          return [table, id];
        });
    };

    const put = (table: string, ...rows: StoredRow[]): Promise<void> =>
      store.transaction(async (transaction) => {
        for (const row of rows) await transaction.insert(table, row);
      });
    const write = <T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T> =>
      store.transaction(work);
    const conflict = (kind: string, key: string) => expect.objectContaining({ kind, key }) as Error;

    test("gives back what was inserted, by id and by unique key", async () => {
      const values = { id: id(1), name: "ä\"';--\u0000😀", tags: null, deep: { list: [1, 2.5, null, true] } };
      await put("shelves", row(values));
      expect((await store.get("shelves", id(1)))?.values).toEqual(values);
      expect((await store.find("shelves", "name", values.name))?.values).toEqual(values);
      expect(await store.get("shelves", id(2))).toBeUndefined();
      expect(await store.find("shelves", "name", "other")).toBeUndefined();
    });

    test("keeps what looks like SQL or a prototype as it is", async () => {
      const name = "x'; DROP TABLE shelves; --";
      const values = JSON.parse(`{"id":"${id(1)}","name":"${name}","__proto__":{"a":1}}`) as Record<
        string,
        unknown
      >;
      await put("shelves", row(values));
      expect(JSON.stringify((await store.find("shelves", "name", name))?.values)).toBe(
        JSON.stringify(values),
      );
    });

    test("hands out copies", async () => {
      const values = { id: id(1), name: "a", list: ["x"] };
      await put("shelves", row(values));
      values.list.push("y");
      const first = (await store.get("shelves", id(1)))!;
      (first.values["list"] as string[]).push("z");
      expect((await store.get("shelves", id(1)))?.values["list"]).toEqual(["x"]);
    });

    test("refuses a primary key or unique key that is taken, the first of them in the table's order", async () => {
      await put("shelves", shelf(1), shelf(2));
      await expect(put("shelves", shelf(1, "new"))).rejects.toEqual(conflict("primary", "id"));
      await expect(put("shelves", shelf(3, "s1"))).rejects.toEqual(conflict("unique", "name"));
      await expect(put("shelves", shelf(1, "s2"))).rejects.toEqual(conflict("primary", "id"));
      await expect(write((t) => t.replace("shelves", shelf(2, "s1")))).rejects.toEqual(
        conflict("unique", "name"),
      );
      await put("books", book(1, "t", 1));
      await expect(put("books", book(2, "t", 1))).rejects.toEqual(conflict("unique", "title"));
    });

    test("compares several fields of a unique key together, null among them", async () => {
      await put("shelves", shelf(1), shelf(2));
      await put("books", book(1, null, 1, "a"), book(2, null, 2, "a"), book(3, null, 1, "b"));
      await put("books", book(4, null, null, "a"));
      await expect(put("books", book(5, null, 1, "a"))).rejects.toEqual(conflict("unique", "cache_key"));
      await expect(put("books", book(5, null, null, "a"))).rejects.toEqual(conflict("unique", "cache_key"));
    });

    test("lets many rows have no value in a unique key of one field", async () => {
      await put("shelves", shelf(1, null), shelf(2, null));
      expect(await store.page("shelves", { limit: 10 })).toHaveLength(2);
    });

    test("refuses a reference to nothing, and to take away what is referred to", async () => {
      await expect(put("books", book(1, "t", 1))).rejects.toEqual(conflict("foreign", "shelf"));
      await put("shelves", shelf(1));
      await put("books", book(1, "t", 1));
      await expect(write((t) => t.replace("books", book(1, "t", 2)))).rejects.toEqual(
        conflict("foreign", "shelf"),
      );
      await expect(write((t) => t.remove("shelves", id(1)))).rejects.toEqual(conflict("restrict", "books"));
      await write(async (t) => {
        await t.remove("books", id(1));
        await t.remove("shelves", id(1));
      });
      expect(await store.get("shelves", id(1))).toBeUndefined();
    });

    test("replaces a row and frees its old keys; taking away what is not there is fine", async () => {
      await put("shelves", shelf(1));
      await write((t) => t.replace("shelves", shelf(1, "new")));
      await put("shelves", shelf(2, "s1"));
      await write((t) => t.remove("shelves", id(9)));
      expect((await store.find("shelves", "name", "new"))?.values["id"]).toBe(id(1));
    });

    test("does all of a transaction or nothing", async () => {
      const failed = write(async (t) => {
        await t.insert("shelves", shelf(1));
        expect(await t.get("shelves", id(1))).toBeDefined();
        throw new Error("no");
      });
      await expect(failed).rejects.toThrow("no");
      expect(await store.get("shelves", id(1))).toBeUndefined();
      await expect(
        write(async (t) => {
          await t.insert("shelves", shelf(1));
          await t.insert("shelves", shelf(1));
        }),
      ).rejects.toEqual(conflict("primary", "id"));
      expect(await store.get("shelves", id(1))).toBeUndefined();
      expect(await changes()).toEqual([]);
    });

    test("lets one writer after the other count without losing one", async () => {
      await put("shelves", row({ id: id(1), name: "0" }));
      const count = async (t: StoreTransaction): Promise<void> => {
        const { values } = (await t.get("shelves", id(1)))!;
        await t.replace("shelves", row({ ...values, name: String(Number(values["name"]) + 1) }));
      };
      await Promise.all(Array.from({ length: 20 }, () => write(count)));
      expect((await store.get("shelves", id(1)))?.values["name"]).toBe("20");
    });

    test("lets one of two writers of the same key win", async () => {
      const tries = await Promise.allSettled([put("shelves", shelf(1, "a")), put("shelves", shelf(2, "a"))]);
      expect(tries.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      expect(await store.page("shelves", { limit: 10 })).toHaveLength(1);
    });

    test("pages in the order of primary keys, from any place", async () => {
      await put("shelves", shelf(3), shelf(1), shelf(2), shelf(5), shelf(4));
      const ids = async (after: string | undefined, limit: number): Promise<unknown[]> =>
        (await store.page("shelves", { after, limit })).map(({ values }) => values["id"]);
      expect(await ids(undefined, 2)).toEqual([id(1), id(2)]);
      expect(await ids(id(2), 2)).toEqual([id(3), id(4)]);
      expect(await ids(id(4), 2)).toEqual([id(5)]);
      expect(await ids(id(5), 2)).toEqual([]);
    });

    test("pages over the rows that refer to another", async () => {
      await put("shelves", shelf(1), shelf(2));
      await put("books", book(1, "a", 1, "1"), book(2, "b", 2), book(3, "c", 1, "2"), book(4, "d", null));
      const found = await store.page("books", { reference: { field: "shelf", id: id(1) }, limit: 10 });
      expect(found.map(({ values }) => values["title"])).toEqual(["a", "c"]);
      const rest = await store.page("books", {
        reference: { field: "shelf", id: id(1) },
        after: id(1),
        limit: 10,
      });
      expect(rest.map(({ values }) => values["title"])).toEqual(["c"]);
    });

    test("finds rows by all or any of some tags", async () => {
      await put("shelves", shelf(1, "a", ["red"]), shelf(2, "b", ["red", "blue"]), shelf(3, "c", ["blue"]));
      const names = async (match: "all" | "any", values: string[]): Promise<unknown[]> =>
        (await store.page("shelves", { tags: { match, values }, limit: 10 })).map(
          ({ values }) => values["name"],
        );
      expect(await names("all", ["red"])).toEqual(["a", "b"]);
      expect(await names("all", ["red", "blue"])).toEqual(["b"]);
      expect(await names("all", ["red", "red"])).toEqual(["a", "b"]);
      expect(await names("any", ["red", "blue"])).toEqual(["a", "b", "c"]);
      expect(await names("any", ["none"])).toEqual([]);
      await write((t) => t.replace("shelves", shelf(2, "b", ["green"])));
      expect(await names("all", ["red"])).toEqual(["a"]);
    });

    test("lists which rows carry which tags", async () => {
      await put("shelves", shelf(2, "b", ["y", "x"]), shelf(1, "a", ["x"]));
      const all = await store.taggings({ limit: 10 });
      expect(all).toEqual([
        { table: "shelves", id: id(1), tag: "x" },
        { table: "shelves", id: id(2), tag: "x" },
        { table: "shelves", id: id(2), tag: "y" },
      ]);
      expect(await store.taggings({ limit: 10, after: all[0]! })).toEqual(all.slice(1));
      expect(await store.taggings({ limit: 1, tag: "y" })).toEqual([all[2]]);
      await write((t) => t.remove("shelves", id(2)));
      expect(await store.taggings({ limit: 10 })).toEqual([all[0]]);
    });

    test("does not know rows whose time is over, and lets others have their keys", async () => {
      const card = (n: number, ms: number | null): StoredRow =>
        row({ id: id(n), key: "k" }, ms === null ? null : world.nowMs() + ms);
      await put("cards", card(1, 60_000));
      expect((await store.find("cards", "key", "k"))?.values["id"]).toBe(id(1));
      world.advance(60_000);
      expect(await store.find("cards", "key", "k")).toBeUndefined();
      expect(await store.get("cards", id(1))).toBeUndefined();
      expect(await store.page("cards", { limit: 10 })).toEqual([]);
      await put("cards", card(2, null));
      expect((await store.find("cards", "key", "k"))?.values["id"]).toBe(id(2));
    });

    test("purges what is over, and tells it as a change", async () => {
      await put("cards", row({ id: id(1), key: "a" }, world.nowMs() + 1_000), row({ id: id(2), key: "b" }));
      const seq = await world.log.head();
      expect(await store.purge()).toBe(0);
      world.advance(1_000);
      expect(await store.purge()).toBe(1);
      expect(await changes(seq)).toEqual([["cards", id(1)]]);
    });

    test("tells every row that a transaction wrote once, in the order of the transactions", async () => {
      await put("shelves", shelf(1), shelf(2));
      await write(async (t) => {
        await t.replace("shelves", shelf(1, "new"));
        await t.replace("shelves", shelf(1, "newer"));
      });
      await write((t) => t.remove("shelves", id(2)));
      expect(await changes()).toEqual([1, 2, 1, 2].map((n) => ["shelves", id(n)]));
    });

    test("answers a ping, and closes more than once", async () => {
      expect(await store.ping()).toBe(true);
      await store.close();
      await store.close();
    });

    test("keeps everything over a restart", async () => {
      if (world.reopen === undefined) return;
      await put("shelves", shelf(1));
      await store.close();
      const again = await world.reopen();
      expect((await again.store.get("shelves", id(1)))?.values).toEqual(shelf(1).values);
      expect(await changes(0, again.log)).toHaveLength(1);
      await again.store.close();
    });
  });
};

import { describe, expect, test } from "vitest";
import { HeaderList } from "./headers.ts";

const list = (): HeaderList =>
  HeaderList.from([
    ["Accept", "a"],
    ["X-One", "1"],
    ["ACCEPT", "b"],
    ["x-two", "2"],
  ]);

describe("a header list", () => {
  test("finds the first value whatever the case", () => {
    expect(list().get("accept")).toBe("a");
    expect(list().get("X-TWO")).toBe("2");
    expect(list().get("x-three")).toBeUndefined();
  });

  test("keeps repeated fields apart and in order", () => {
    expect(list().getAll("Accept")).toEqual(["a", "b"]);
    expect([...list()].map(([name]) => name)).toEqual(["Accept", "X-One", "ACCEPT", "x-two"]);
  });

  test("set leaves one field, in the place of the first", () => {
    const headers = list();
    headers.set("accept", "c");
    expect([...headers]).toEqual([
      ["accept", "c"],
      ["X-One", "1"],
      ["x-two", "2"],
    ]);
  });

  test("set appends a field that was not there", () => {
    const headers = list();
    headers.set("New", "n");
    expect([...headers].at(-1)).toEqual(["New", "n"]);
  });

  test("delete takes every field of the name and tells whether there was one", () => {
    const headers = list();
    expect(headers.delete("accept")).toBe(true);
    expect(headers.delete("accept")).toBe(false);
    expect([...headers]).toEqual([
      ["X-One", "1"],
      ["x-two", "2"],
    ]);
  });

  test("setIfAbsent changes nothing that is there", () => {
    const headers = list();
    headers.setIfAbsent("x-one", "2");
    expect(headers.getAll("x-one")).toEqual(["1"]);
  });

  test("a clone is independent", () => {
    const headers = list();
    headers.clone().delete("accept");
    expect(headers.size).toBe(4);
  });

  test("names such as __proto__ are ordinary", () => {
    const headers = new HeaderList();
    headers.set("__proto__", "x");
    expect(headers.get("__proto__")).toBe("x");
    expect(headers.get("constructor")).toBeUndefined();
  });
});

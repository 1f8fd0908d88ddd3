import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Table } from "./table.ts";

const keys = fc.tuple(fc.nat(3), fc.constantFrom("", "a", "ab", "b", "é", "/a/b"));
const edits = fc.array(
  fc.array(fc.tuple(keys, fc.option(fc.nat(99), { nil: undefined })), { maxLength: 6 }),
  { maxLength: 8 },
);

describe("a table", () => {
  it("has what was put in, version by version, and versions don't change", () => {
    fc.assert(
      fc.property(edits, (versions) => {
        let table = new Table<number>();
        const model = new Map<string, [number, string, number]>();
        const history: [Table<number>, [number, string, number][]][] = [];
        for (const changes of versions) {
          const editor = table.edit();
          for (const [[scope, text], value] of changes) {
            if (value === undefined) {
              editor.delete(scope, text);
              model.delete(`${scope} ${text}`);
            } else {
              editor.set(scope, text, value);
              model.set(`${scope} ${text}`, [scope, text, value]);
            }
            expect(editor.get(scope, text)).toBe(value);
          }
          table = editor.commit();
          history.push([table, [...model.values()]]);
        }
        for (const [version, entries] of history) {
          expect(version.size).toBe(entries.length);
          for (const [scope, text, value] of entries) expect(version.get(scope, text)).toBe(value);
          const ascending = (a: number, b: number): number => a - b;
          expect([...version.values()].sort(ascending)).toEqual(
            entries.map(([, , value]) => value).sort(ascending),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it("of 20,000 keys finds each, and none that it doesn't have", () => {
    const editor = new Table<number>().edit();
    for (let i = 0; i < 20_000; i++) editor.set(i % 7, `key ${i}`, i);
    const table = editor.commit();
    expect(table.size).toBe(20_000);
    for (let i = 0; i < 20_000; i++) {
      if (table.get(i % 7, `key ${i}`) !== i) throw new Error(`key ${i} is lost`);
      if (table.get(i % 7, `no key ${i}`) !== undefined) throw new Error(`key ${i} is invented`);
    }
  });

  it("has two versions made from it that don't know each other's keys", () => {
    const first = new Table<number>().edit();
    for (let i = 0; i < 300; i++) first.set(0, `key ${i}`, i);
    const base = first.commit();
    const [left, right] = [base.edit(), base.edit()];
    left.set(0, "left", 1);
    left.delete(0, "key 7");
    right.set(0, "right", 2);
    right.set(0, "left", 3);
    const [one, other] = [left.commit(), right.commit()];
    const keys = ["left", "right", "key 7"];
    expect(keys.map((key) => one.get(0, key))).toEqual([1, undefined, undefined]);
    expect(keys.map((key) => other.get(0, key))).toEqual([3, 2, 7]);
    expect(keys.map((key) => base.get(0, key))).toEqual([undefined, undefined, 7]);
  });

  it("through which 50,000 keys pass stays right", () => {
    let table = new Table<number>();
    for (let i = 0; i < 50_000; i += 100) {
      const editor = table.edit();
      for (let j = i; j < i + 100; j++)
        editor.set(0, `a key of more than fifty-two bytes, with its number: ${j}`, j);
      for (let j = i - 200; j < i - 100; j++)
        editor.delete(0, `a key of more than fifty-two bytes, with its number: ${j}`);
      table = editor.commit();
    }
    expect(table.size).toBe(200);
    expect([...table.values()].every((value) => value >= 49_800)).toBe(true);
    expect(table.get(0, "a key of more than fifty-two bytes, with its number: 49999")).toBe(49_999);
    expect(table.get(0, "a key of more than fifty-two bytes, with its number: 49799")).toBeUndefined();
  });
});

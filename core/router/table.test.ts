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
});

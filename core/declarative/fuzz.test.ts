import * as fc from "fast-check";
import { expect, test } from "vitest";

import { countingAuto, entities } from "../../test/support/entities.ts";
import type { Values } from "../schema/index.ts";
import { violationMessage } from "../schema/index.ts";
import { changeRow, parseRow } from "../entities/index.ts";
import { describeErrors, errorTree, exportYaml, load, readConfigRequest } from "./index.ts";

const names = entities.all.map(({ name }) => name);
const fieldNames = [
  ...new Set(
    entities.all.flatMap(({ record }) => [
      ...record.record.fields.keys(),
      ...record.record.shorthands.keys(),
    ]),
  ),
];
const scalars = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom(
    "/a",
    "~/a",
    "h.test",
    "key-auth",
    "http",
    "tcp",
    "0dc6f45b-8f8d-40d2-a504-473544ee190b",
    "__proto__",
    "",
    "1.2.3.4",
    "{vault://env/x}",
  ),
  fc.double(),
  fc.integer({ min: -2, max: 70_000 }),
  fc.boolean(),
  fc.constant(null),
);

/** Values with the names that schemas know, nested as documents are. */
const { row } = fc.letrec<{ row: Values; value: unknown }>((tie) => ({
  row: fc.dictionary(
    fc.oneof(
      fc.constantFrom(...fieldNames, ...names),
      fc.constantFrom("__proto__", "constructor", "_comment", "x"),
    ),
    tie("value"),
    { maxKeys: 6 },
  ),
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalars,
    fc.array(tie("value"), { maxLength: 3 }),
    tie("row"),
  ),
}));

const document = fc
  .dictionary(
    fc.oneof(fc.constantFrom(...names), fc.constantFrom("_transform", "_ignore", "nope")),
    fc.oneof(fc.array(row, { maxLength: 3 }), scalars),
    { maxKeys: 5 },
  )
  .map((rows): Values => ({ _format_version: "3.0", ...rows }));

test("any row is either taken or told what is wrong, never a crash", () => {
  fc.assert(
    fc.property(fc.constantFrom(...entities.all), row, row, (entity, given, changes) => {
      const parsed = parseRow(entity, given, countingAuto());
      if (parsed.ok) {
        const again = parseRow(entity, parsed.row, countingAuto());
        expect(again).toMatchObject({ ok: true });
        changeRow(entity, parsed.row, changes, countingAuto());
      } else expect(violationMessage(parsed.errors)).toMatch(/schema violation/);
    }),
    { numRuns: 500 },
  );
});

test("any document is either loaded or told what is wrong, never a crash", () => {
  fc.assert(
    fc.property(document, fc.boolean(), (source, flattenErrors) => {
      const before = JSON.stringify(source);
      const result = load(source, { entities, auto: countingAuto() }, { flattenErrors });
      expect(JSON.stringify(source)).toBe(before);
      if (result.ok) return;
      expect(result.error.message).toMatch(/^declarative config is invalid: \{/);
      if (!flattenErrors) expect(describeErrors(result.error).length).toBeGreaterThan(0);
      if (!flattenErrors) expect(errorTree(result.error).length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

test("any text is either read or told what is wrong, never a crash", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({
      unit: fc.constantFrom(
        "a",
        ":",
        " ",
        "\n",
        "-",
        "{",
        "}",
        "[",
        "]",
        "&",
        "*",
        "!",
        '"',
        "'",
        "|",
        ">",
        "%",
        "\t",
      ),
    }),
  );
  fc.assert(
    fc.property(text, (source) => {
      expect(load(source, { entities, auto: countingAuto() })).toHaveProperty("ok");
    }),
    { numRuns: 500 },
  );
});

test("any body is either taken or refused with a status", () => {
  const types = fc.constantFrom(
    "application/json",
    "application/yaml",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "x",
    undefined,
  );
  fc.assert(
    fc.property(types, fc.uint8Array(), (contentType, bytes) => {
      const read = readConfigRequest(contentType, bytes, new Map());
      expect(read.ok || read.status === 400 || read.status === 415).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("whatever was loaded is exported to a text that loads to the same", () => {
  const word = fc
    .string({ minLength: 1, maxLength: 12 })
    .filter((text) => text.trim() === text && !/[^\x20-\x7e]/.test(text));
  const consumers = fc.uniqueArray(
    fc.record({ username: word, tags: fc.constantFrom(null, ["yes", "1.0"]) }),
    { selector: ({ username }) => username, maxLength: 5 },
  );
  fc.assert(
    fc.property(consumers, (rows) => {
      const first = load({ _format_version: "3.0", consumers: rows }, { entities, auto: countingAuto() });
      if (!first.ok) throw new Error(first.error.message);
      const second = load(exportYaml(first.entities, entities), { entities, auto: countingAuto() });
      expect(second).toMatchObject({ ok: true });
      if (second.ok) expect(JSON.stringify(second.entities)).toBe(JSON.stringify(first.entities));
    }),
    { numRuns: 200 },
  );
});

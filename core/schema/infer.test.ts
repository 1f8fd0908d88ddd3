import { expect, expectTypeOf, test } from "vitest";

import type { Config as KeyAuth } from "../plugins/key-auth/schema.ts";
import type { Config as CorrelationId } from "../plugins/correlation-id/schema.ts";
import type { Config as ResponseTransformer } from "../plugins/response-transformer/schema.ts";
import { boolean, integer, record, string } from "./index.ts";
import type { Infer } from "./index.ts";

test("a required field is never null, another one may be", () => {
  expectTypeOf<KeyAuth["key_names"]>().toEqualTypeOf<string[]>();
  expectTypeOf<KeyAuth["anonymous"]>().toEqualTypeOf<string | null>();
  expectTypeOf<KeyAuth["hide_credentials"]>().toEqualTypeOf<boolean>();
});

test("one_of makes a union of its texts", () => {
  expectTypeOf<CorrelationId["generator"]>().toEqualTypeOf<"uuid" | "uuid#counter" | "tracker">();
});

test("lists of records and records of lists keep their types", () => {
  expectTypeOf<ResponseTransformer["add"]["json_types"]>().toEqualTypeOf<
    ("boolean" | "number" | "string")[]
  >();
});

test("a field without doc does not compile", () => {
  // @ts-expect-error doc is missing
  record({ limit: integer() });
  // @ts-expect-error doc is missing in the inner record
  record({ inner: record({ limit: integer({ doc: "A limit." }) }) });
  const fine = record({ limit: integer({ doc: "A limit.", auto: true }), on: boolean({ doc: "On." }) });
  expectTypeOf<Infer<typeof fine>>().toEqualTypeOf<{ limit: number; on: boolean | null } | null>();
});

test("a default of another type does not compile", () => {
  // @ts-expect-error the default is no text
  expect(string({ default: 5 }).type).toBe("string");
});

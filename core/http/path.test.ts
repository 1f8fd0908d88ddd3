import { describe, expect, it } from "vitest";
import cases from "../../test/corpora/path-normalize.json" with { type: "json" };
import { escapePath, normalizePath } from "./path.ts";
import { fromByteString, toByteString } from "./utf8.ts";

describe("paths", () => {
  it.each(cases)("$in is seen, kept and sent as expected", (row) => {
    const path = toByteString(row.in);
    expect(normalizePath(path)).toBe(toByteString(row.normalized));
    expect(normalizePath(path, false)).toBe(toByteString(row.normalized_keep_slashes));
    expect(escapePath(normalizePath(path))).toBe(row.on_the_wire);
  });

  it("a normalised path is normal", () => {
    const once = cases
      .map((row) => normalizePath(toByteString(row.in)))
      .filter((path) => !path.includes("%"));
    expect(once.map((path) => normalizePath(path))).toEqual(once);
  });

  it("text from an adapter that decodes becomes UTF-8", () => {
    expect(escapePath(normalizePath("/你/%20"))).toBe("/%E4%BD%A0/%20");
  });

  it("a long path costs one pass", () => {
    expect(normalizePath(`/a${"/../%2e%2E/.".repeat(10_000)}/b`)).toBe("/b");
    expect(normalizePath("/".repeat(100_000))).toBe("/");
    expect(normalizePath(`/${"%41".repeat(30_000)}`)).toBe(`/${"A".repeat(30_000)}`);
  });
});

describe("byte strings", () => {
  it.each(["", "a", "é", "你好", "😀", "a\u0000b", "\u07ff\u0800\uffff"])("%j comes back", (text) => {
    expect(fromByteString(toByteString(text))).toBe(text);
    expect(toByteString(text)).toBe(String.fromCharCode(...new TextEncoder().encode(text)));
  });

  it.each(["\xff", "\xc3", "a\xe4\xbd", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80\xc3\xa9"])(
    "malformed bytes %j survive the way to text and back",
    (bytes) => {
      expect(toByteString(fromByteString(bytes))).toBe(bytes);
    },
  );
});

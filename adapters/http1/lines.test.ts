import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldLines } from "./lines.ts";
import { safeValue } from "./serialise.ts";

describe("field lines", () => {
  it.each([
    ["keep names, values and their order", ["X-a", "1", "x-A", "2"], "X-a: 1\r\nx-A: 2\r\n"],
    [
      "never hold what frames the message",
      ["content-LENGTH", "1", "Connection", "x", "transfer-encoding", "y", "X", "z"],
      "X: z\r\n",
    ],
    ["never hold a name that is none", ["", "1", "a b", "2", "a\r\nb", "3", "a:", "4", "X", "5"], "X: 5\r\n"],
    ["escape what would end a value", ["X", "a\r\nSet-Cookie: b\0\x7f"], "X: a%0D%0ASet-Cookie: b%00%7F\r\n"],
    ["keep tabs and bytes of the upper half", ["X", "a\t\xe9"], "X: a\t\xe9\r\n"],
    // U+010A written as one byte would be a line feed.
    ["write wider characters as UTF-8", ["X", "\u010a"], "X: \xc4\x8a\r\n"],
  ])("%s", (_title, headers, expected) => {
    expect(fieldLines(headers)).toBe(expected);
    expect(fieldLines(headers)).toBe(expected);
  });
});

describe("remembered lines", () => {
  it("are told anew whenever the value changes, however often", () => {
    for (let i = 0; i < 300; i++) expect(fieldLines(["X-Memo", `v${i % 7}`])).toBe(`X-Memo: v${i % 7}\r\n`);
  });

  it("stay right under a flood of invented names", () => {
    for (let i = 0; i < 2_000; i++) fieldLines([`X-Flood-${i}`, "1"]);
    expect(fieldLines(["Server", "a", "X-Flood-7", "2"])).toBe("Server: a\r\nX-Flood-7: 2\r\n");
  });

  it("never let a value through that was escaped before", () => {
    expect(fieldLines(["X-Break", "a\r\nb"])).toBe(fieldLines(["X-Break", "a\r\nb"]));
    expect(fieldLines(["X-Break", "a\r\nb"])).not.toMatch(/\r\nb/);
  });

  const field = fc.tuple(
    fc.constantFrom(
      "Host",
      "Via",
      "Date",
      "Cookie",
      "X-Request-Id",
      "Connection",
      "a b",
      "__proto__",
      "constructor",
    ),
    fc.oneof(
      fc.constantFrom("", "1", "a value of some length", "x".repeat(600), "a\nb", "\u010a"),
      fc.string({ maxLength: 20 }),
    ),
  );
  const plainLine = ([name, value]: readonly [string, string]): string =>
    name === "Connection" || name === "a b" ? "" : `${name}: ${safeValue(value)}\r\n`;

  it("are those of each field by itself, whatever came before", () => {
    fc.assert(
      fc.property(fc.array(fc.array(field, { maxLength: 12 }), { maxLength: 40 }), (messages) => {
        for (const message of messages)
          expect(fieldLines(message.flat())).toBe(message.map(plainLine).join(""));
      }),
      { numRuns: 300 },
    );
  });

  it("are those of each field when everybody sends them in an order of their own", () => {
    for (let i = 0; i < 20_000; i++) {
      const message = Array.from({ length: 4 }, (_, k): [string, string] => [
        `X-${(i * 7 + k * 13) % 97}`,
        String(i % 3),
      ]);
      expect(fieldLines(message.flat())).toBe(message.map(plainLine).join(""));
    }
  });
});

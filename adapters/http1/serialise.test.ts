import { describe, expect, it } from "vitest";
import { fieldLines, safeWord, statusLine } from "./serialise.ts";

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

describe("a status line", () => {
  it.each([
    [404, "", "HTTP/1.1 404 Not Found\r\n"],
    [299, "", "HTTP/1.1 299 \r\n"],
    [200, "Fine", "HTTP/1.1 200 Fine\r\n"],
    [200, "a\r\nb: c", "HTTP/1.1 200 a%0D%0Ab: c\r\n"],
  ])("of %i with %j is whole", (status, reason, expected) => {
    expect(statusLine(status, reason)).toBe(expected);
  });
});

describe("a word of a request line", () => {
  it.each([
    ["/a?b=%20", "/a?b=%20"],
    ["/a b\r\nc", "/a%20b%0D%0Ac"],
    ["/\u010a", "/%C4%8A"],
  ])("%j stays one word", (word, expected) => {
    expect(safeWord(word)).toBe(expected);
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
});

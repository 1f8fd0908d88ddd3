import { describe, expect, it } from "vitest";
import { safeWord, statusLine } from "./serialise.ts";

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

import { describe, expect, it } from "vitest";
import { BAD, BodyReader, DATA, END, type Framing, MORE } from "./framing.ts";
import { PlainOctets } from "./octets.ts";

const limits = { maxLineBytes: 8_192, maxHeadBytes: 32_768, maxFields: 1_000 };

const octetsOf = (text: string): PlainOctets =>
  PlainOctets.from(text, (character) => character.charCodeAt(0)) as PlainOctets;

/** Reads pieces to the end. @returns The data, what came last, and how many bytes of the last piece were left. */
function read(framing: Framing, ...pieces: string[]): [string, number, number, string[] | undefined] {
  const reader = new BodyReader(framing, limits);
  let data = "";
  let kind = MORE;
  let left = 0;
  for (const piece of pieces) {
    const bytes = octetsOf(piece);
    let at = 0;
    do {
      kind = reader.next(bytes, at, bytes.length);
      if (kind === DATA) data += bytes.toString("latin1", reader.from, reader.to);
      at = reader.to;
    } while (kind === DATA);
    left = bytes.length - at;
  }
  return [data, kind, left, reader.trailers];
}

describe("a body of known length", () => {
  it("ends after its bytes, and leaves the rest", () => {
    expect(read(5, "abcdeGET")).toEqual(["abcde", END, 3, undefined]);
    expect(read(5, "ab", "c")).toEqual(["abc", MORE, 0, undefined]);
    expect(read(0, "GET")).toEqual(["", END, 3, undefined]);
  });
});

describe("a body until the end of the connection", () => {
  it("never ends by itself", () => {
    expect(read("close", "a", "b")).toEqual(["ab", MORE, 0, undefined]);
  });
});

describe("a chunked body", () => {
  const whole = '3;a;b=c;d="e\\"f"\r\nabc\r\n000A\r\n0123456789\r\n0\r\nX-T: 1\r\nContent-Length: 9\r\n\r\n';

  it("ends with its trailers, of which those that frame are dropped, and leaves the rest", () => {
    expect(read("chunked", `${whole}GET`)).toEqual(["abc0123456789", END, 3, ["X-T", "1"]]);
  });

  it("means the same wherever it is cut in two", () => {
    for (let at = 1; at < whole.length; at++)
      expect(read("chunked", whole.slice(0, at), `${whole.slice(at)}GET`)).toEqual([
        "abc0123456789",
        END,
        3,
        ["X-T", "1"],
      ]);
  });

  it.each([
    "g",
    "-1",
    "+1",
    " 1",
    "1 ",
    "\r\n",
    "0x1",
    "1\n",
    "1\r\r",
    "1;",
    "1;;",
    "1;a=",
    "1; a\r",
    '1;a="\n',
    "1;a=b=c",
    "11111111111111111",
    "20000000000000",
  ])("refuses %j as a size", (text) => {
    expect(read("chunked", `${text}\r\n`)[1]).toBe(BAD);
  });

  it.each([
    "1\r\nab",
    "1\r\na\n",
    "1\r\na\rb",
    "0\r\nA : b\r\n",
    "0\r\n a: b\r\n",
    "0\r\nA: \0\r\n",
    "0\r\n\n",
  ])("refuses %j", (text) => {
    expect(read("chunked", text)[1]).toBe(BAD);
  });
});

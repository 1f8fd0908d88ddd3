import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Decoder, TABLE_BYTES } from "./decoder.ts";
import { Encoder } from "./encoder.ts";
import { decodeHuffman, encodeHuffman, huffmanLength } from "./huffman.ts";

const limits = { maxHeadBytes: 65_536, maxFields: 1_000 };
const bytesOf = (text: string): Buffer => Buffer.from(text, "latin1");
const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ""), "hex");

const decode = (decoder: Decoder, block: Buffer): string[] | undefined =>
  decoder.decode(block, 0, block.length, limits)?.fields;

const date = "Mon, 21 Oct 2013 20:13:2";
const location = ["location", "https://www.example.com"];
const examples: [title: string, first: string, blocks: [code: string, fields: string[]][]][] = [
  [
    "C.4, requests",
    "",
    [
      [
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        [":method", "GET", ":scheme", "http", ":path", "/", ":authority", "www.example.com"],
      ],
      [
        "8286 84be 5886 a8eb 1064 9cbf",
        [
          ...[":method", "GET", ":scheme", "http", ":path", "/", ":authority", "www.example.com"],
          ...["cache-control", "no-cache"],
        ],
      ],
      [
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
        [
          ...[":method", "GET", ":scheme", "https", ":path", "/index.html", ":authority", "www.example.com"],
          ...["custom-key", "custom-value"],
        ],
      ],
    ],
  ],
  [
    "C.6, responses in a table of 256 bytes",
    "3fe101",
    [
      [
        "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
        [":status", "302", "cache-control", "private", "date", `${date}1 GMT`, ...location],
      ],
      [
        "4883 640e ffc1 c0bf",
        [":status", "307", "cache-control", "private", "date", `${date}1 GMT`, ...location],
      ],
      [
        "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
        [
          ...[":status", "200", "cache-control", "private", "date", `${date}2 GMT`, ...location],
          ...["content-encoding", "gzip"],
          ...["set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"],
        ],
      ],
    ],
  ],
];

describe("the Huffman code", () => {
  it("brings every text back, in the length that was told", () => {
    const anyText = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
    fc.assert(
      fc.property(anyText, (text) => {
        const code = bytesOf(encodeHuffman(text));
        expect(code).toHaveLength(huffmanLength(text));
        expect(decodeHuffman(code, 0, code.length)).toBe(text);
      }),
    );
  });

  it.each([
    ["padding of eight bits", "18c6318c63ff"],
    ["padding that is not ones", "18"],
    ["the end mark", "ffffffff"],
  ])("is not %s", (_title, code) => {
    expect(decodeHuffman(hex(code), 0, code.length / 2)).toBeUndefined();
  });
});

describe("a header block", () => {
  it.each(examples)("of RFC 7541 %s is read", (_title, first, blocks) => {
    const decoder = new Decoder();
    blocks.forEach(([code, fields], i) =>
      expect(decode(decoder, hex(i === 0 ? first + code : code))).toEqual(fields),
    );
  });

  it.each([
    ["an index of 0", "80"],
    ["an index beyond the table", "be"],
    ["an integer without its end", "ff80"],
    ["an integer of more than 28 bits", "ff8080808080808001"],
    ["a text without its end", "400141"],
    ["a literal without a value", "4001 61"],
    ["a table larger than offered", "3fe21f"],
    ["a table's size behind a field", "8220"],
  ])("with %s is refused", (_title, code) => {
    expect(decode(new Decoder(), hex(code))).toBeUndefined();
  });

  it("never does more than fail, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), (blocks) => {
        const decoder = new Decoder();
        for (const block of blocks) {
          const fields = decode(decoder, Buffer.from(block));
          expect((fields?.length ?? 0) % 2).toBe(0);
        }
      }),
    );
  });

  it("that is too large is cut off, and the table goes on as the sender believes", () => {
    const decoder = new Decoder();
    const encoder = new Encoder();
    const fields = ["x-large", "v".repeat(100), "x-after", "kept"];
    for (let i = 0; i < 20; i++) {
      const block = bytesOf(encoder.encode(fields));
      const small = decoder.decode(block, 0, block.length, { maxHeadBytes: 50, maxFields: 10 });
      expect([small?.tooLarge, small?.fields]).toEqual([true, []]);
    }
    expect(decode(decoder, bytesOf(encoder.encode(fields)))).toEqual(fields);
  });
});

describe("what the encoder writes", () => {
  const name = fc.constantFrom(
    "server",
    "date",
    "x-a",
    "x-b",
    "x-long-name",
    ":status",
    "set-cookie",
    "etag",
  );
  const value = fc.constantFrom("200", "", "a", "b", "é\xff", "gzip, deflate", "z".repeat(600), "0123456789");
  const list = fc.array(fc.tuple(name, value), { maxLength: 6 }).map((pairs) => pairs.flat());
  const step = fc.oneof(
    { weight: 9, arbitrary: fc.record({ fields: list, times: fc.constantFrom(1, 12) }) },
    { weight: 1, arbitrary: fc.record({ tableBytes: fc.constantFrom(0, 40, 100, 4_096, 65_536) }) },
  );

  it("is read as it was meant, through every change of the table", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const encoder = new Encoder();
        const decoder = new Decoder();
        for (const one of steps)
          if ("tableBytes" in one) encoder.resize(one.tableBytes);
          else
            for (let i = 0; i < one.times; i++)
              expect(decode(decoder, bytesOf(encoder.encode(one.fields)))).toEqual(one.fields);
      }),
    );
  });

  it("takes one byte for a field that repeats, and never keeps a secret in the table", () => {
    const encoder = new Encoder();
    const steady = ["x-steady", "always the same"];
    for (let i = 0; i < 20; i++) encoder.encode(steady);
    expect(encoder.encode(steady)).toHaveLength(1);
    const secret = ["authorization", "Bearer abc"];
    for (let i = 0; i < 20; i++) encoder.encode(secret);
    expect(encoder.encode(secret)).toContain("Bearer abc");
    expect(encoder.encode(secret).charCodeAt(0) >> 4).toBe(1);
  });

  it("keeps within the table that was offered", () => {
    const encoder = new Encoder();
    const decoder = new Decoder();
    for (let i = 0; i < 200; i++) {
      const fields = [`x-many-${i}`, "v".repeat(60)];
      for (let j = 0; j < 12; j++) expect(decode(decoder, bytesOf(encoder.encode(fields)))).toEqual(fields);
    }
    expect(TABLE_BYTES).toBe(4_096);
  });
});

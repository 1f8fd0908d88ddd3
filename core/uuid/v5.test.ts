import { expect, test } from "vitest";

import { toHex } from "./format.ts";
import { sha1 } from "./sha1.ts";
import { uuidV4Maker } from "./v4.ts";
import { uuidV5 } from "./v5.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

test.each([
  ["", "da39a3ee5e6b4b0d3255bfef95601890afd80709"],
  ["abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
  ["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"],
  ["a".repeat(1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"],
])("SHA-1 of RFC 3174's example %#", (message, digest) => {
  expect(toHex(sha1(text(message)))).toBe(digest);
});

test("SHA-1 agrees with the platform at every length around a block", async () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255);
    // eslint-disable-next-line no-await-in-loop
    const platform = new Uint8Array(await crypto.subtle.digest("SHA-1", bytes));
    expect(toHex(sha1(bytes))).toBe(toHex(platform));
  }
});

test("version 5 of RFC 9562's example", () => {
  expect(uuidV5("www.example.com", "6ba7b810-9dad-11d1-80b4-00c04fd430c8")).toBe(
    "2ed6657d-e927-568b-95e1-2665a8aea6a2",
  );
});

test("version 4 carries version and variant whatever the bytes", () => {
  const make = uuidV4Maker({ fill: (bytes) => void bytes.fill(255), fraction: () => 0 });
  expect(make()).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
});

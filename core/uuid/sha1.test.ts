import { expect, test } from "vitest";

import { toHex } from "./format.ts";
import { sha1 } from "./sha1.ts";

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

test("SHA-1 of the first bytes alone", () => {
  expect(toHex(sha1(text("abcdef"), 3))).toBe("a9993e364706816aba3e25717850c26c9cd0d89d");
});

import { expect, test } from "vitest";
import { sha256Hex } from "./sha256.ts";

const encoder = new TextEncoder();

test("it is what WebCrypto computes, at every length around a block", async () => {
  for (let length = 0; length < 200; length++) {
    const text = "ü".repeat(length % 7) + "x".repeat(length);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
    expect(sha256Hex(text)).toBe([...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
  }
});

import { describe, expect, test } from "vitest";

import {
  formatUuid,
  isUuid,
  maxUuid,
  nilUuid,
  parseUuid,
  uuidNamespaces,
  uuidTimeMs,
  uuidV3,
  uuidV3Maker,
  uuidV4Maker,
  uuidV5,
  uuidV5Maker,
  uuidV7Maker,
  uuidVersion,
} from "./index.ts";

const ones = { fill: (bytes: Uint8Array) => void bytes.fill(255) };
const platform = {
  fill: (bytes: Uint8Array) => void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
};
/** Made where a Worker allows neither clock nor randomness. */
const atModuleScope = uuidV4Maker(platform);
const sortedAtModuleScope = uuidV7Maker(platform, { nowMs: () => Date.now() });

describe("a name's UUID", () => {
  const jit = "e6ebd542-06ae-11e6-8e82-bba81706b27d";

  test.each([
    ["www.example.com", uuidNamespaces.dns, "5df41881-3aed-3515-88a7-2f4a814cf09e"],
    ["hello", jit, "3db7a435-8c56-359d-a563-1b69e6802c78"],
    ["foobar", jit, "e8d3eeba-7723-3b72-bbc5-8f598afa6773"],
  ])("of version 3 for %s is the known one", (name, namespace, uuid) => {
    expect(uuidV3(name, namespace)).toBe(uuid);
  });

  test.each([
    ["www.example.com", uuidNamespaces.dns, "2ed6657d-e927-568b-95e1-2665a8aea6a2"],
    ["hello", jit, "4850816f-1658-5890-8bfd-1ed14251f1f0"],
    ["foobar", jit, "c9be99fc-326b-5066-bdba-dcd31a6d01ab"],
  ])("of version 5 for %s is the known one", (name, namespace, uuid) => {
    expect(uuidV5(name, namespace)).toBe(uuid);
  });

  test("is that of WebCrypto's SHA-1, for names of every length and beyond ASCII", async () => {
    const make = uuidV5Maker(jit);
    for (const name of [
      "",
      "ä",
      "日本",
      "a\u{1F600}",
      ..."x"
        .repeat(300)
        .split("")
        .map((_, i) => "n".repeat(i)),
    ]) {
      const named = new Uint8Array([...parseUuid(jit), ...new TextEncoder().encode(name)]);
      // eslint-disable-next-line no-await-in-loop
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", named));
      const made = make(name);
      expect(made.replaceAll(/-(.)/g, "-_")).toBe(
        formatUuid(digest)
          .replaceAll(/-(.)/g, "-_")
          .replace(/^(.{19})./, (_, kept: string) => `${kept}_`),
      );
      expect(uuidVersion(made)).toBe(5);
    }
  });

  test("depends on no call before it", () => {
    const [v3, v5] = [uuidV3Maker(jit), uuidV5Maker(jit)];
    v5("a much longer name than the next");
    expect([v3("hello"), v5("hello")]).toEqual([uuidV3("hello", jit), uuidV5("hello", jit)]);
  });

  test("is the same for a namespace in capitals", () => {
    expect(uuidV5("hello", jit.toUpperCase())).toBe(uuidV5("hello", jit));
  });

  test.each(["", "dns", `${jit}0`, jit.replace("-", "_"), `{${jit}}`])("has no namespace %j", (namespace) => {
    expect(() => uuidV5Maker(namespace)).toThrow(TypeError);
    expect(() => uuidV3Maker(namespace)).toThrow(TypeError);
  });
});

describe("a random UUID", () => {
  test("carries version and variant whatever the bytes", () => {
    expect(uuidV4Maker(ones)()).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
    expect(uuidV4Maker({ fill: () => undefined })()).toBe("00000000-0000-4000-8000-000000000000");
  });

  test("shows the bytes in their order", () => {
    const counting = { fill: (bytes: Uint8Array) => bytes.forEach((_, i) => (bytes[i] = i)) };
    const make = uuidV4Maker(counting);
    expect(make()).toBe("00010203-0405-4607-8809-0a0b0c0d0e0f");
    expect(make()).toBe("10111213-1415-4617-9819-1a1b1c1d1e1f");
  });

  test("comes a thousand times without a repetition", () => {
    const made = Array.from({ length: 1000 }, atModuleScope);
    expect(new Set(made).size).toBe(1000);
    expect(made.every((uuid) => uuidVersion(uuid) === 4)).toBe(true);
  });

  test("asks for bytes at first use only, then once for 128", () => {
    let fills = 0;
    const make = uuidV4Maker({ fill: () => void fills++ });
    expect(fills).toBe(0);
    for (let i = 0; i < 128; i++) make();
    expect(fills).toBe(1);
    make();
    expect(fills).toBe(2);
  });
});

describe("a UUID that sorts", () => {
  /** The example's time; its random bits are others. @see RFC 9562 appendix A.6 */
  const exampleMs = 0x017f22e279b0;
  const at = (nowMs: number): { nowMs: () => number } => ({ nowMs: () => nowMs });

  test("begins with the milliseconds of RFC 9562's example", () => {
    const made = uuidV7Maker(platform, at(exampleMs))();
    expect(made.slice(0, 15)).toBe("017f22e2-79b0-7");
    expect([uuidVersion(made), uuidTimeMs(made)]).toEqual([7, exampleMs]);
  });

  test("tells the time of RFC 9562's example", () => {
    expect(uuidTimeMs("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")).toBe(exampleMs);
    expect(() => uuidTimeMs("919108f7-52d1-4320-9bac-f847db4148a8")).toThrow(TypeError);
  });

  test("ascends within a millisecond, over milliseconds and when the clock goes back", () => {
    let nowMs = exampleMs;
    const make = uuidV7Maker(platform, { nowMs: () => nowMs });
    const made = Array.from({ length: 3000 }, (_, i) => {
      nowMs += [0, 0, 1, 0, -2, 5][i % 6]!;
      return make();
    });
    expect(made).toEqual([...new Set(made)].sort());
    expect(made.every((uuid) => uuidVersion(uuid) === 7)).toBe(true);
  });

  test("ascends when all random bits are ones", () => {
    const make = uuidV7Maker(ones, at(exampleMs));
    const made = [make(), make(), make()];
    expect(made).toEqual([...new Set(made)].sort());
  });

  test("comes from the platform's clock too", () => {
    expect(Math.abs(uuidTimeMs(sortedAtModuleScope()) - Date.now())).toBeLessThan(60_000);
  });
});

describe("a text", () => {
  test.each([
    ["c232ab00-9414-11ec-b3c8-9f6bdeced846", 1],
    ["5df41881-3aed-3515-88a7-2f4a814cf09e", 3],
    ["919108f7-52d1-4320-9bac-f847db4148a8", 4],
    ["2ed6657d-e927-568b-95e1-2665a8aea6a2", 5],
    ["1EC9414C-232A-6B00-B3C8-9F6BDECED846", 6],
    ["017F22E2-79B0-7CC3-98C4-DC0C0C07398F", 7],
    ["2489E9AD-2EE2-8E00-8EC9-32D5F69181C0", 8],
    [nilUuid, 0],
    [maxUuid, 15],
    [maxUuid.toUpperCase(), 15],
  ])("%s is a UUID of version %i", (text, version) => {
    expect([isUuid(text), uuidVersion(text)]).toEqual([true, version]);
    expect(formatUuid(parseUuid(text))).toBe(text.toLowerCase());
  });

  const valid = "919108f7-52d1-4320-9bac-f847db4148a8";
  test.each([
    ["", "nothing"],
    [valid.slice(1), "a digit short"],
    [`${valid}0`, "a digit long"],
    [valid.replaceAll("-", ""), "no dashes"],
    [`{${valid}}`, "braces"],
    [`urn:uuid:${valid}`, "a prefix"],
    [valid.replace("9bac", "7bac"), "another variant"],
    [valid.replace("4320", "0320"), "version 0"],
    [valid.replace("4320", "9320"), "version 9"],
    [valid.replace("a8", "g8"), "a letter beyond f"],
    [valid.replace("a8", "é8"), "a letter beyond ASCII"],
    [valid.replace("a8", "日8"), "a letter beyond Latin"],
    [`${valid.slice(0, 35)}\n`, "a line feed"],
    [valid.replace("-", "1"), "a digit for a dash"],
    [undefined, "undefined"],
    [[valid], "a list"],
  ])("that is no UUID is refused: %j, %s", (value, _why) => {
    expect([isUuid(value), uuidVersion(value)]).toEqual([false, undefined]);
  });

  test("is parsed whatever its version and variant, else refused with a TypeError", () => {
    expect([...parseUuid("00010203-0405-0607-0809-0A0b0c0d0e0f")]).toEqual([...Array(16).keys()]);
    expect(() => parseUuid("00010203040506070809-0a0b0c0d0e0f0000")).toThrow(TypeError);
  });
});

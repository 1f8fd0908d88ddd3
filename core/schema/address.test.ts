import { expect, test } from "vitest";

import { cidrOf, expandV6, ipVersion } from "./address.ts";

test.each([
  ["1.2.3.4", 4],
  ["255.255.255.255", 4],
  ["256.1.1.1", 0],
  ["1.2.3", 0],
  ["1.2.3.4.", 0],
  ["::", 6],
  ["::1", 6],
  ["2001:db8::1", 6],
  ["::ffff:1.2.3.4", 6],
  ["1:2:3:4:5:6:7:8", 6],
  ["1:2:3:4:5:6:7", 0],
  ["1::2::3", 0],
  ["1:2:3:4:5:6:7::8", 0],
  ["[::1]", 0],
  ["", 0],
  ["g::1", 0],
])("%j is of IP version %i", (value, version) => {
  expect(ipVersion(value)).toBe(version);
});

test("a block has an address and a mask that fits it", () => {
  expect(cidrOf("10.0.0.0/8")).toEqual({ address: "10.0.0.0", bits: 8 });
  expect(cidrOf("10.0.0.0/33")).toBeUndefined();
  expect(cidrOf("::/128")).toEqual({ address: "::", bits: 128 });
  expect(cidrOf("10.0.0.0")).toBeUndefined();
});

test("an IPv6 address is written out in full", () => {
  expect(expandV6("::1")).toBe("0000:0000:0000:0000:0000:0000:0000:0001");
  expect(expandV6("2001:DB8::1:0")).toBe("2001:0db8:0000:0000:0000:0000:0001:0000");
  expect(expandV6("::ffff:1.2.3.4")).toBe("0000:0000:0000:0000:0000:ffff:0102:0304");
  expect(expandV6("1.2.3.4")).toBeUndefined();
});

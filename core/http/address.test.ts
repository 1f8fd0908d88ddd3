import { describe, expect, test } from "vitest";
import { addressSet } from "./address.ts";

describe("a set of addresses", () => {
  const isIn = addressSet(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"]);

  test.each(["10.1.2.3", "192.0.2.7", "2001:db8::1", "2001:0DB8:0:0::5"])("holds %s", (address) => {
    expect([isIn(address), isIn(address)]).toEqual([true, true]);
  });

  test.each(["11.0.0.1", "192.0.2.8", "2001:db9::1", "", "nonsense"])("does not hold %j", (address) => {
    expect(isIn(address)).toBe(false);
  });

  test("that is empty holds nothing", () => {
    expect(addressSet([])("127.0.0.1")).toBe(false);
  });

  test("refuses what is no address", () => {
    expect(() => addressSet(["10.0.0.0/33"])).toThrow("10.0.0.0/33");
  });
});

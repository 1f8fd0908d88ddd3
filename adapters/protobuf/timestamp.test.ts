import { afterEach, expect, test } from "vitest";
import { readTimestamp } from "./timestamp.ts";

const { TZ } = process.env;
afterEach(() => {
  if (TZ === undefined) delete process.env["TZ"];
  else process.env["TZ"] = TZ;
});

test.each([
  "2021-10-02T05:05:28",
  "2021-10-02 05:05:28",
  "2021-10-02t05:05:28Z",
  "2021-10-02T07:05:28+02:00",
  "2021-10-02T07:05:28.0+0200",
])("%s is one time, wherever the gateway runs", (text) => {
  process.env["TZ"] = "America/New_York";
  expect(readTimestamp(text)).toEqual({ seconds: 1_633_151_128, nanos: 0 });
});

test("a day begins at midnight of UTC", () => {
  process.env["TZ"] = "America/New_York";
  expect(readTimestamp("2021-10-02").seconds).toBe(1_633_132_800);
});

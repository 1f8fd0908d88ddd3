import { describe, expect, it } from "vitest";
import { concatenatePaths, dropLeadingDots, joinPaths } from "./upstream.ts";

/** Service path, route path, request path; kept and stripped, of v0 and of v1. */
const rows: [string, string, string, string, string, string, string][] = [
  ["/", "/r", "/r", "/r", "/", "/r", "/"],
  ["/", "/r", "/r/", "/r/", "/", "/r/", "/"],
  ["/", "/r", "/rx", "/rx", "/x", "/rx", "/x"],
  ["/s", "/", "/", "/s", "/s", "/s", "/s"],
  ["/s", "/", "/r", "/s/r", "/s/r", "/sr", "/sr"],
  ["/s", "/r", "/r", "/s/r", "/s", "/sr", "/s"],
  ["/s", "/r", "/r/", "/s/r/", "/s/", "/sr/", "/s/"],
  ["/s", "/r", "/rx", "/s/rx", "/s/x", "/srx", "/sx"],
  ["/s", "/r/", "/r/", "/s/r/", "/s/", "/sr/", "/s"],
  ["/s", "/r/", "/r/x", "/s/r/x", "/s/x", "/sr/x", "/sx"],
  ["/s/", "/r", "/r", "/s/r", "/s", "/s/r", "/s/"],
  ["/s/", "/r", "/r/", "/s/r/", "/s/", "/s/r/", "/s/"],
  ["/s/", "/r", "/rx", "/s/rx", "/s/x", "/s/rx", "/s/x"],
  ["/s/", "/r/", "/r/x", "/s/r/x", "/s/x", "/s/r/x", "/s/x"],
  ["/s", "/r", "/r./x", "/s/r./x", "/s/x", "/sr./x", "/sx"],
  ["/s/", "/", "/r", "/s/r", "/s/r", "/s/r", "/s/r"],
];

describe("the path for the upstream", () => {
  it.each(rows)("of %s, %s and %s", (base, route, path, kept, stripped, keptV1, strippedV1) => {
    const rest = dropLeadingDots(path.slice(route.length));
    expect(joinPaths(base, path, undefined)).toBe(kept);
    expect(joinPaths(base, path, rest)).toBe(stripped);
    expect(concatenatePaths(base, path, undefined)).toBe(keptV1);
    expect(concatenatePaths(base, path, rest)).toBe(strippedV1);
  });

  it.each([
    [".", ""],
    ["..", ""],
    ["./x", "x"],
    ["../x", "x"],
    ["../../x", "../x"],
    [".x", ".x"],
    ["x", "x"],
    ["", ""],
  ])("loses one leading dot segment: %j becomes %j", (rest, wanted) => {
    expect(dropLeadingDots(rest)).toBe(wanted);
  });
});

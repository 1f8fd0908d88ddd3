import { describe, expect, test } from "vitest";
import { MemoryClock, MemoryRandom } from "../../adapters/memory/index.ts";
import { bundledPlugins, DeclarativeConfiguration } from "../index.ts";
import type { RouterFlavor } from "../router/index.ts";

const read = (routerFlavor: RouterFlavor, expression: string) =>
  new DeclarativeConfiguration({
    plugins: bundledPlugins,
    routerFlavor,
    clock: new MemoryClock(),
    random: new MemoryRandom(),
  }).read({
    _format_version: "3.0",
    services: [{ name: "s", host: "s.test", routes: [{ name: "r", expression }] }],
  });

describe("a route's expression in a configuration", () => {
  test.each(['http.path ^= "/a"', 'http.method == "GET" && net.dst.port == 80'])(
    "%s is taken",
    (expression) => {
      expect(read("expressions", expression)).toHaveProperty("ok", true);
    },
  );

  test.each([
    ["http.path ==", "line 1"],
    ['http.pth == "/a"', "line 1, column 1"],
    ["net.dst.port == 089", "line 1, column 17"],
  ])("%s is refused before anything is applied, with its place", (expression, place) => {
    const answer = JSON.stringify(read("expressions", expression));
    expect(answer).toContain("Router Expression failed validation: ");
    expect(answer).toContain(place);
  });

  test("other flavours don't know the field", () => {
    expect(JSON.stringify(read("traditional_compatible", 'http.path == "/a"'))).toContain("unknown field");
  });
});

import { expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

const ask = (config: Record<string, unknown>, target = "/t/a%20b?c=1") =>
  gatewayOn(oneRoute([{ name: "redirect", config }])).client.send({ target });

test.each([
  ["where it is configured", { location: "https://new.test/x" }, 301, "https://new.test/x"],
  ["with another status", { location: "https://new.test", status_code: 308 }, 308, "https://new.test"],
  [
    "to the same path elsewhere",
    { location: "https://new.test/x?y=1#z", keep_incoming_path: true },
    301,
    "https://new.test/t/a%20b?c=1#z",
  ],
])("clients are sent %s", async (_, config, status, location) => {
  const response = await ask(config);
  expect([response.status, response.headers.get("location"), response.body]).toEqual([
    status,
    location,
    "redirecting",
  ]);
});

test("a path with two slashes leads to no other host", async () => {
  const { headers } = await ask({ location: "https://new.test", keep_incoming_path: true }, "/t//evil.test/");
  expect(headers.get("location")).toBe("https://new.test/t//evil.test/");
});

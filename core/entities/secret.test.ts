import { describe, expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../testing/index.ts";
import { readReference, secretOf } from "./secret.ts";

const variables = (name: string): string | undefined =>
  ({ DB_PASS: "secret", DB: '{"user":"ada","deep":{"a":1}}', APP_KEY: "k" })[name];
const vaults = [{ prefix: "my-env", name: "env", config: { prefix: "app_" } }];

describe("a reference", () => {
  test.each([
    ["{vault://env/db-pass}", "secret"],
    ["{vault://env/db/user}", "ada"],
    ["{vault://env/db/none}", undefined],
    ["{vault://env/db-pass/user}", undefined],
    ["{vault://env/nothing}", undefined],
    ["{vault://my-env/key}", "k"],
    ["{vault://other/key}", undefined],
  ])("%s stands for %s", (reference, value) => {
    expect(secretOf(reference, vaults, variables, "")).toBe(value);
  });

  test("without a path is none", () => {
    expect(() => readReference("{vault://x}")).toThrow("reference url is missing path [{vault://x}]");
  });
});

test("a plugin is given what its references stand for; those that lead nowhere are told in the log", async () => {
  const plugins = [
    {
      name: "http-log",
      config: { http_endpoint: "{vault://env/endpoint}", headers: { "X-A": "{vault://env/none}" } },
    },
  ];
  const { client, ports } = gatewayOn(oneRoute(plugins), {
    secrets: { variables: (name) => (name === "ENDPOINT" ? "http://log.test/in" : undefined), prefix: "" },
  });
  await client.send({ target: "/t" });
  ports.clock.advance(10_000);
  await Promise.resolve();
  expect(JSON.stringify(ports.logger)).toContain("{vault://env/none} stands for nothing");
});

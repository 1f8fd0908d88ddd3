import { expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

const ask = (config: Record<string, unknown>, ...agents: string[]) =>
  gatewayOn(oneRoute([{ name: "bot-detection", config }])).client.send({
    target: "/t",
    headers: agents.map((agent): [string, string] => ["User-Agent", agent]),
  });

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", 200],
  ["curl/8.9.1", 200],
  ["Googlebot/2.1", 403],
  ["Go-http-client/1.1", 403],
  ["okhttp/4.12.0", 403],
  ["Slackbot-LinkExpanding 1.0", 403],
])("%s gets %i", async (agent, status) => {
  expect((await ask({}, agent)).status).toBe(status);
});

test("own expressions refuse more, and case counts", async () => {
  expect((await ask({ deny: ["^curl"] }, "curl/8")).status).toBe(403);
  expect((await ask({ deny: ["^curl"] }, "CURL/8")).status).toBe(200);
  expect((await ask({ deny: ["(?i)^curl"] }, "CURL/8")).status).toBe(403);
});

test("what is allowed passes whatever is denied", async () => {
  expect((await ask({ allow: ["Googlebot"], deny: ["Google"] }, "Googlebot/2.1")).status).toBe(200);
});

test("no User-Agent passes, two are refused", async () => {
  expect((await ask({})).status).toBe(200);
  const { status, body } = await ask({}, "a", "b");
  expect([status, body.includes("Only one User-Agent header allowed")]).toEqual([400, true]);
});

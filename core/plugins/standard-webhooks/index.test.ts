import { expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

const encoder = new TextEncoder();
const nowSeconds = 1_700_000_000;

const sign = async (text: string, secret = "whsec"): Promise<string> => {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
  return `v1,${btoa(String.fromCharCode(...bytes))}`;
};

const deliver = async (
  changes: Record<string, string> = {},
  body = '{"a":1}',
  config = {},
): Promise<number> => {
  const all = gatewayOn(oneRoute([{ name: "standard-webhooks", config: { secret_v1: "whsec", ...config } }]));
  const at = changes["webhook-timestamp"] ?? String(nowSeconds);
  const headers = {
    "webhook-id": "m1",
    "webhook-timestamp": at,
    "webhook-signature": await sign(`m1.${at}.{"a":1}`),
    ...changes,
  };
  const pairs = Object.entries(headers).filter(([, value]) => value !== "");
  return (await all.client.send({ method: "POST", target: "/t", headers: pairs, body })).status;
};

test("what was signed with the secret passes", async () => {
  expect(await deliver()).toBe(200);
});

test.each([
  ["another body", {}, "other"],
  ["no body", {}, ""],
  ["another id", { "webhook-id": "m2" }, '{"a":1}'],
  ["no id", { "webhook-id": "" }, '{"a":1}'],
  ["a timestamp that is no number", { "webhook-timestamp": "1e9" }, '{"a":1}'],
  ["another version", { "webhook-signature": "v2,x" }, '{"a":1}'],
  ["no signature", { "webhook-signature": "" }, '{"a":1}'],
])("%s is refused", async (_, changes, body) => {
  expect(await deliver(changes as Record<string, string>, body)).toBe(400);
});

test("what is older than tolerance_second is refused", async () => {
  const changes = { "webhook-timestamp": String(nowSeconds - 301) };
  expect(await deliver(changes)).toBe(400);
  expect(await deliver(changes, '{"a":1}', { tolerance_second: 302 })).toBe(200);
});

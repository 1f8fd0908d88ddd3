import { expect, test } from "vitest";
import type { MemoryRequest } from "../../../adapters/memory/index.ts";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";

const served = (config: Record<string, unknown> = {}): TestGateway => {
  const plugin = { name: "azure-functions", config: { appname: "app", functionname: "f", ...config } };
  const all = gatewayOn(oneRoute([plugin, { name: "request-termination" }]));
  all.ports.fetcher.replies.push({
    status: 207,
    headers: [
      ["content-type", "text/tea"],
      ["connection", "x-gone"],
      ["x-gone", "1"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
      ["content-encoding", "gzip"],
    ],
    body: new TextEncoder().encode("made"),
  });
  return all;
};
const asked = async (config: Record<string, unknown>, request: MemoryRequest = {}) => {
  const all = served(config);
  await all.client.send({ target: "/t", ...request });
  return all.ports.fetcher.sent[0]!;
};

test("the client gets the function's answer, without what concerns its connection", async () => {
  const all = served();
  const { status, body, headers } = await all.client.send({ target: "/t" });
  expect([status, body, headers.get("content-type"), headers.getAll("set-cookie")]).toEqual([
    207,
    "made",
    "text/tea",
    ["a=1", "b=2"],
  ]);
  expect([headers.has("x-gone"), headers.has("content-encoding"), headers.get("via")]).toEqual([
    false,
    false,
    "1.1 sallyport/1.2.3",
  ]);
  expect(all.upstream.sent).toEqual([]);
});

test("the function gets the request as it came, with its keys", async () => {
  const request = await asked(
    { apikey: "k", clientid: "c" },
    {
      method: "POST",
      target: "/t?a=1",
      headers: [
        ["X-A", "1"],
        ["x-functions-key", "forged"],
      ],
      body: "tea",
    },
  );
  expect(request).toMatchObject({ method: "POST", url: "https://app.azurewebsites.net/api/f?a=1" });
  expect(request.headers).toEqual([
    ["X-A", "1"],
    ["x-functions-key", "k"],
    ["x-functions-clientid", "c"],
  ]);
  expect(new TextDecoder().decode(request.body as Uint8Array)).toBe("tea");
});

test.each([
  [{}, "https://app.azurewebsites.net/api/f"],
  [{ https: false }, "http://app.azurewebsites.net/api/f"],
  [{ hostdomain: "test" }, "https://app.test/api/f"],
  [{ routeprefix: null }, "https://app.azurewebsites.net/f"],
  [{ routeprefix: "v1" }, "https://app.azurewebsites.net/v1/f"],
])("%j leads to %s", async (config, url) => {
  expect((await asked(config)).url).toBe(url);
});

test("it waits as long as it is told", async () => {
  expect((await asked({ timeout: 7 })).timeoutMs).toBe(7);
});

test("a function that does not answer is an error of ours", async () => {
  const all = served();
  all.ports.fetcher.replies.length = 0;
  const { status, body } = await all.client.send({ target: "/t" });
  expect([status, body.includes("An unexpected error occurred")]).toEqual([500, true]);
});

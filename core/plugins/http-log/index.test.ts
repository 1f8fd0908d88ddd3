import { describe, expect, test } from "vitest";
import type { LogRecord } from "../../pdk/index.ts";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";
import type { MemoryRequest } from "../../../adapters/memory/index.ts";

const endpoint = "http://logs.test/in?x=1";
const logged = (
  config: Record<string, unknown> = {},
  more: Record<string, unknown>[] = [],
  rest = {},
): TestGateway =>
  gatewayOn(oneRoute([{ name: "http-log", config: { http_endpoint: endpoint, ...config } }, ...more], rest));
const record = async (all: TestGateway, request: MemoryRequest = {}): Promise<LogRecord> => {
  await all.client.send({ target: "/t/x?a=1&a=2&b", ...request });
  return JSON.parse(all.ports.fetcher.sent.at(-1)!.body as string) as LogRecord;
};

describe("the record", () => {
  test("tells a proxied exchange", async () => {
    const found = await record(logged(), {
      headers: [
        ["Authorization", "secret"],
        ["X-A", "1"],
        ["x-a", "2"],
      ],
    });
    expect(found).toMatchObject({
      request: {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        method: "GET",
        uri: "/t/x?a=1&a=2&b",
        url: "http://gateway.test:8000/t/x?a=1&a=2&b",
        querystring: { a: ["1", "2"], b: true },
        headers: { host: "gateway.test", authorization: "REDACTED", "x-a": ["1", "2"] },
      },
      response: { status: 200, headers: { connection: "close", via: "1.1 sallyport/1.2.3" } },
      upstream_uri: "/x?a=1&a=2&b",
      upstream_status: "200",
      tries: [{ ip: "upstream.test", port: 8080 }],
      route: { name: "r" },
      service: { name: "s" },
      client_ip: "192.0.2.1",
      started_at: 1_700_000_000_000,
      source: "upstream",
      workspace_name: "default",
    });
    expect(JSON.stringify(found)).not.toContain("secret");
  });

  test("tells fields as the text that their bytes are, and what is none as replaced", async () => {
    const found = await record(logged(), { headers: [["X-A", "\xc3\xbc \xfc"]] });
    expect(found).toMatchObject({ request: { headers: { "x-a": "ü \ufffd" } } });
  });

  test("tells a refused exchange", async () => {
    const found = await record(logged({}, [{ name: "key-auth" }]));
    expect(found).toMatchObject({
      source: "kong",
      tries: [],
      upstream_status: "",
      latencies: { proxy: -1 },
      response: { status: 401 },
    });
    expect(found).not.toHaveProperty("consumer");
  });

  test("tells who the client is, and what other plugins add", async () => {
    const consumers = [{ username: "ada", keyauth_credentials: [{ key: "k" }] }];
    const all = logged({}, [{ name: "key-auth" }, { name: "correlation-id" }], { consumers });
    const found = await record(all, {
      headers: [
        ["apikey", "k"],
        ["Kong-Request-ID", "mine"],
      ],
    });
    expect(found).toMatchObject({
      consumer: { username: "ada" },
      correlation_id: "mine",
      authenticated_entity: {},
    });
  });

  test("tells an unknown route without tries", async () => {
    const all = gatewayOn({ plugins: [{ name: "http-log", config: { http_endpoint: endpoint } }] });
    const found = await record(all);
    expect([found["tries"], (found["response"] as LogRecord)["status"]]).toEqual([undefined, 404]);
  });

  test("is changed by custom fields", async () => {
    const found = await record(
      logged({
        custom_fields_by_lua: { extra: "return 'x' .. 1", "nested.deep": "return 5", request: "return nil" },
      }),
    );
    expect(found).toMatchObject({ extra: "x1", nested: { deep: 5 } });
    expect(found).not.toHaveProperty("request");
  });
});

describe("the sink", () => {
  test("is asked as configured", async () => {
    const all = logged({
      http_endpoint: "http://u:p%20w@logs.test/in?x=1",
      method: "PUT",
      headers: { "X-Key": "k" },
    });
    await record(all);
    expect(all.ports.fetcher.sent[0]).toMatchObject({
      method: "PUT",
      url: "http://logs.test/in",
      headers: [
        ["Content-Type", "application/json"],
        ["X-Key", "k"],
        ["Authorization", `Basic ${btoa("u:p w")}`],
      ],
      timeoutMs: 10_000,
    });
  });

  test("gets a list where batches are asked for, by the old name too", async () => {
    for (const config of [{ queue: { max_batch_size: 2 } }, { queue_size: 2 }]) {
      const all = logged(config);
      await all.client.send({ target: "/t" });
      expect(all.ports.fetcher.sent).toEqual([]);
      await all.client.send({ target: "/t" });
      expect(JSON.parse(all.ports.fetcher.sent[0]!.body as string)).toHaveLength(2);
    }
  });

  test("that fails is asked again", async () => {
    const all = logged();
    all.ports.fetcher.answers.push(500, undefined);
    await all.client.send({ target: "/t" });
    for (let i = 0; i < 5; i++) await all.ports.timers.advance(100);
    expect(all.ports.fetcher.sent).toHaveLength(3);
  });
});

test.each([
  [{ headers: { "content-type": "x" } }, "cannot contain 'Content-Type' header"],
  [{ http_endpoint: "http://u:p@logs.test", headers: { authorization: "x" } }, "is not allowed"],
  [{ custom_fields_by_lua: { a: "return kong.request.get_path()" } }, "'kong' is not supported"],
  [{ custom_fields_by_lua: { a: "local x = 1 return x" } }, "only `return` with an expression is supported"],
])("%j is refused with its reason", (config, reason) => {
  expect(() => logged(config)).toThrow(reason);
});

test("type, time and batches are what is configured, by old names too", async () => {
  const type = "application/json; charset=utf-8";
  const all = logged({ content_type: type, timeout: 5, queue_size: 2, flush_timeout: 50 });
  await all.client.send({ target: "/t" });
  expect(all.ports.fetcher.sent).toEqual([]);
  await all.client.send({ target: "/t" });
  await expect.poll(() => all.ports.fetcher.sent.length).toBe(1);
  expect(all.ports.fetcher.sent[0]).toMatchObject({
    timeoutMs: 5,
    headers: expect.arrayContaining([["Content-Type", type]]),
  });
});

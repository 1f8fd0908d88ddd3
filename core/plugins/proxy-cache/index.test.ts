import { describe, expect, test } from "vitest";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";
import type { MemoryRequest } from "../../../adapters/memory/index.ts";

const cached = (config: Record<string, unknown> = {}, more: Record<string, unknown> = {}): TestGateway => {
  const plugin = { name: "proxy-cache", config: { strategy: "memory", ...config } };
  const all = gatewayOn(oneRoute([plugin], more));
  all.ports.transport.answer = () => ({ headers: ["Content-Type", "text/plain"], body: "kept" });
  return all;
};

const answering = (all: TestGateway, ...headers: string[]): TestGateway => {
  all.ports.transport.answer = ({ request }) => ({
    headers: ["Content-Type", "text/plain", ...headers],
    body: request.target,
  });
  return all;
};

const status = async (all: TestGateway, request: MemoryRequest = {}): Promise<string> => {
  const { status, headers } = await all.client.send({ target: "/t", ...request });
  return `${status} ${headers.get("x-cache-status") ?? "-"}`;
};
const header = (name: string, value: string): MemoryRequest => ({ headers: [[name, value]] });

describe("a response", () => {
  test("is asked for once, then comes from the cache with its age", async () => {
    const all = cached();
    expect(await status(all)).toBe("200 Miss");
    all.ports.clock.advance(5_000);
    const hit = await all.client.send({ target: "/t" });
    expect([hit.status, hit.headers.get("x-cache-status"), hit.headers.get("age"), hit.body]).toEqual([
      200,
      "Hit",
      "5",
      "kept",
    ]);
    expect(hit.headers.get("x-cache-key")).toMatch(/^[0-9a-f]{64}$/);
    expect(hit.headers.has("via")).toBe(true);
    expect(all.ports.transport.sent).toHaveLength(1);
  });

  test("is asked for anew after cache_ttl, even while storage_ttl keeps it", async () => {
    const all = cached({ cache_ttl: 10, storage_ttl: 100 });
    await status(all);
    all.ports.clock.advance(11_000);
    expect(await status(all)).toBe("200 Refresh");
    expect(await status(all)).toBe("200 Hit");
  });

  test.each([
    ["status", { response_code: [404] }],
    ["content type", { content_type: ["text/html"] }],
  ])("of another %s is not kept", async (_, config) => {
    const all = cached(config);
    expect([await status(all), await status(all)]).toEqual(["200 Bypass", "200 Bypass"]);
  });

  test("that never ended is not kept", async () => {
    const all = cached();
    all.ports.transport.answer = () => "silence";
    all.client.start({ target: "/t" }).leave();
    expect(await all.ports.responses.keys()).toEqual([]);
  });

  test("keeps no credentials of the exchange that made it", async () => {
    const all = answering(cached(), "X-RateLimit-Remaining-Minute", "3", "Connection", "X-Hop");
    await status(all);
    const { headers } = await all.client.send({ target: "/t" });
    expect(headers.has("x-ratelimit-remaining-minute")).toBe(false);
  });

  test("that the client has is not sent again", async () => {
    const all = answering(cached(), "ETag", '"a"');
    await status(all);
    expect(await status(all, header("If-None-Match", 'W/"a"'))).toBe("304 Hit");
  });
});

describe("requests are told apart", () => {
  test.each([
    ["query parameters", {}, "/t?a=1", "/t?a=2", "Miss"],
    ["the order of query parameters", {}, "/t?a=1&b=2", "/t?b=2&a=1", "Hit"],
    ["parameters that are not named", { vary_query_params: ["a"] }, "/t?a=1&b=1", "/t?a=1&b=2", "Hit"],
    ["case", {}, "/t/A", "/t/a", "Miss"],
    ["case where it is ignored", { ignore_uri_case: true }, "/t/A", "/t/a", "Hit"],
  ])("by %s as configured", async (_, config, one, other, expected) => {
    const all = cached(config);
    await status(all, { target: one });
    expect(await status(all, { target: other })).toBe(`200 ${expected}`);
  });

  test("by headers that are named, and by consumers", async () => {
    const all = cached({ vary_headers: ["X-Lang"] });
    await status(all, header("X-Lang", "en"));
    expect(await status(all, header("x-lang", "fr"))).toBe("200 Miss");
    expect(await status(all, header("x-lang", "en"))).toBe("200 Hit");
  });

  test("so that no value of one part passes for another part", async () => {
    const all = cached({ vary_headers: ["a", "b"] });
    await status(all, { headers: [["a", "1:b=2"]] });
    expect(
      await status(all, {
        headers: [
          ["a", "1"],
          ["b", "2"],
        ],
      }),
    ).toBe("200 Miss");
  });
});

describe("with cache_control", () => {
  const obeying = (...headers: string[]): TestGateway =>
    answering(cached({ cache_control: true, storage_ttl: 1000 }), ...headers);

  test("a response is fresh as long as it says", async () => {
    const all = obeying("Cache-Control", "max-age=10");
    await status(all);
    all.ports.clock.advance(9_000);
    expect(await status(all)).toBe("200 Hit");
    all.ports.clock.advance(2_000);
    expect(await status(all)).toBe("200 Refresh");
  });

  test("what is stale is confirmed, not fetched", async () => {
    const all = obeying("Cache-Control", "max-age=10", "ETag", '"a"');
    const { body } = await all.client.send({ target: "/t" });
    all.ports.clock.advance(11_000);
    all.ports.transport.answer = () => ({
      status: 304,
      headers: ["ETag", '"a"', "Cache-Control", "max-age=10"],
    });
    const confirmed = await all.client.send({ target: "/t" });
    expect([confirmed.status, confirmed.headers.get("x-cache-status"), confirmed.body]).toEqual([
      200,
      "Refresh",
      body,
    ]);
    expect(all.ports.transport.sent[1]!.request.headers).toContain('"a"');
    expect(await status(all)).toBe("200 Hit");
  });

  test.each(["private", "no-store", "no-cache", "max-age=0", "public"])("%s is not kept", async (value) => {
    const all = obeying("Cache-Control", value);
    await status(all);
    expect(await status(all)).toBe("200 Bypass");
  });

  test("what was made for credentials is for nobody else, unless it says so", async () => {
    const all = obeying("Cache-Control", "max-age=10");
    await status(all, header("Authorization", "Basic eA=="));
    expect(await status(all)).toBe("200 Miss");
    const shared = obeying("Cache-Control", "public, max-age=10");
    await status(shared, header("Authorization", "Basic eA=="));
    expect(await status(shared)).toBe("200 Hit");
  });

  test("Vary tells requests apart", async () => {
    const all = obeying("Cache-Control", "max-age=10", "Vary", "Accept-Language");
    await status(all, header("Accept-Language", "en"));
    expect(await status(all, header("Accept-Language", "fr"))).toBe("200 Miss");
    expect(await status(all, header("Accept-Language", "en"))).toBe("200 Hit");
  });

  test("requests say what they take", async () => {
    const all = obeying("Cache-Control", "max-age=100");
    expect(await status(all, header("Cache-Control", "only-if-cached"))).toBe("504 -");
    await status(all);
    all.ports.clock.advance(5_000);
    expect(await status(all, header("Cache-Control", "no-cache"))).toBe("200 Bypass");
    expect(await status(all, header("Cache-Control", "max-age=4"))).toBe("200 Refresh");
    expect(await status(all, header("Cache-Control", "min-fresh=200"))).toBe("200 Refresh");
  });

  test("a change takes what was kept away", async () => {
    const all = obeying("Cache-Control", "max-age=100");
    await status(all);
    await status(all, { method: "DELETE" });
    expect(await status(all)).toBe("200 Miss");
  });
});

test("clients are told what is configured, and everything with kong-debug", async () => {
  const all = cached({ response_headers: { age: false, "X-Cache-Status": false, "X-Cache-Key": false } });
  const names = ["age", "x-cache-status", "x-cache-key"];
  const told = async (request: MemoryRequest = {}): Promise<string[]> => {
    const { headers } = await all.client.send({ target: "/t", ...request });
    return names.filter((name) => headers.has(name));
  };
  await told();
  expect(await told()).toEqual([]);
  expect(await told(header("kong-debug", "1"))).toEqual(names);
});

test("another dictionary is refused", () => {
  expect(() => cached({ memory: { dictionary_name: "x" } })).toThrow("missing shared dict 'x'");
});

test("methods that are not listed pass the cache by", async () => {
  const all = cached({ request_method: ["HEAD"] });
  expect([await status(all), await status(all, { method: "HEAD" })]).toEqual(["200 Bypass", "200 Miss"]);
});

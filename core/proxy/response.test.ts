import { describe, expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../testing/index.ts";

const proxied = async (headers: string[], status = 200, request: [string, string][] = []) => {
  const { client, ports } = gatewayOn(oneRoute());
  ports.transport.answer = () => ({ status, headers, body: "b" });
  return (await client.send({ target: "/t", headers: request })).headers;
};

describe("a proxied response", () => {
  test("carries the gateway's fields", async () => {
    const headers = await proxied([]);
    expect(Object.fromEntries([...headers].filter(([name]) => name !== "X-Kong-Request-Id"))).toEqual({
      Server: "sallyport/1.2.3",
      "X-Kong-Upstream-Latency": "0",
      "X-Kong-Proxy-Latency": "0",
      Via: "1.1 sallyport/1.2.3",
    });
  });

  test("keeps the upstream's Server and extends its Via", async () => {
    const headers = await proxied(["Server", "up", "Via", "1.1 inner"]);
    expect([headers.getAll("server"), headers.getAll("via")]).toEqual([
      ["up"],
      ["1.1 inner, 1.1 sallyport/1.2.3"],
    ]);
  });

  test("loses what concerned the upstream's connection only", async () => {
    const headers = await proxied([
      ...["Connection", "X-Gone", "X-Gone", "1", "Keep-Alive", "timeout=5", "Upgrade", "h2c"],
      ...["Transfer-Encoding", "chunked", "Trailer", "X-T", "X-Accel-Redirect", "/secret", "X-Stay", "1"],
    ]);
    const names = [...headers].map(([name]) => name.toLowerCase());
    for (const gone of [
      "connection",
      "x-gone",
      "keep-alive",
      "upgrade",
      "transfer-encoding",
      "trailer",
      "x-accel-redirect",
    ]) {
      expect(names).not.toContain(gone);
    }
    expect(headers.get("x-stay")).toBe("1");
  });

  test("tells the gateway's own latencies and id only", async () => {
    const headers = await proxied(["X-Kong-Proxy-Latency", "98", "X-Kong-Request-Id", "zz"]);
    expect([headers.getAll("x-kong-proxy-latency"), headers.getAll("x-kong-request-id")]).toEqual([
      ["0"],
      [expect.stringMatching(/^[0-9a-f]{32}$/)],
    ]);
  });

  test("keeps repeated fields apart", async () => {
    const headers = await proxied(["Set-Cookie", "a=1", "Set-Cookie", "b=2"]);
    expect(headers.getAll("set-cookie")).toEqual(["a=1", "b=2"]);
  });

  test.each([
    ["text/html", 200, "text/html; charset=UTF-8"],
    ["text/html", 301, "text/html"],
    ["text/html; charset=latin1", 200, "text/html; charset=latin1"],
    ["application/javascript", 200, "application/javascript; charset=UTF-8"],
    ["application/json", 200, "application/json"],
    ["text/css", 200, "text/css"],
  ])("of type %s with status %i leaves as %s", async (type, status, expected) => {
    expect((await proxied(["Content-Type", type], status)).get("content-type")).toBe(expected);
  });
});

describe("a response of the gateway", () => {
  test("tells its latency, and nothing of an upstream", async () => {
    const { client } = gatewayOn({});
    const { headers } = await client.send({ target: "/nowhere" });
    expect(headers.get("x-kong-response-latency")).toBe("0");
    expect(headers.has("via") || headers.has("x-kong-upstream-latency")).toBe(false);
  });

  test("to HEAD declares the length that GET would have", async () => {
    const { client } = gatewayOn({});
    const response = await client.send({ method: "HEAD", target: "/nowhere" });
    expect([response.body, response.declaredLengthBytes]).toEqual(["", 103]);
  });
});

test("each request id is new", async () => {
  const { client } = gatewayOn({});
  const ids = await Promise.all(
    Array.from({ length: 600 }, async () => (await client.send()).headers.get("x-kong-request-id")),
  );
  expect(new Set(ids).size).toBe(600);
});

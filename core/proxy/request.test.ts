import { describe, expect, test } from "vitest";
import { HeaderList } from "../http/headers.ts";
import { gatewayOn, oneRoute, type TestGatewayOptions } from "../../testing/index.ts";

type Fields = readonly (readonly [string, string])[];

const upstreamFields = async (
  headers: Fields,
  options: TestGatewayOptions = {},
  httpVersion: "1.0" | "1.1" = "1.1",
): Promise<HeaderList> => {
  const { client, ports } = gatewayOn(oneRoute(), options);
  await client.send({ target: "/t/x?q", headers, httpVersion });
  return new HeaderList(ports.transport.sent[0]!.request.headers);
};

describe("the upstream is told", () => {
  test("who asked, how and where", async () => {
    const fields = await upstreamFields([["Host", "API.test:8000"]]);
    const told = Object.fromEntries([...fields].filter(([name]) => name !== "X-Kong-Request-Id"));
    expect(told).toEqual({
      Host: "upstream.test:8080",
      "X-Real-IP": "192.0.2.1",
      "X-Forwarded-For": "192.0.2.1",
      "X-Forwarded-Proto": "http",
      "X-Forwarded-Host": "api.test",
      "X-Forwarded-Port": "8000",
      "X-Forwarded-Path": "/t/x",
      "X-Forwarded-Prefix": "/t",
      Via: "1.1 sallyport/1.2.3",
    });
    expect(fields.get("x-kong-request-id")).toMatch(/^[0-9a-f]{32}$/);
  });

  test("the client's host without port and final dot", async () => {
    expect((await upstreamFields([["Host", "API.test.:81"]])).get("x-forwarded-host")).toBe("api.test");
  });

  test("the chain of proxies, which grows whoever speaks", async () => {
    const fields = await upstreamFields([
      ["X-Forwarded-For", "203.0.113.9"],
      ["Via", "1.1 edge"],
    ]);
    expect(fields.getAll("x-forwarded-for")).toEqual(["203.0.113.9, 192.0.2.1"]);
    expect(fields.getAll("via")).toEqual(["1.1 edge, 1.1 sallyport/1.2.3"]);
  });

  test("nothing that an untrusted client says about itself", async () => {
    const fields = await upstreamFields([
      ["X-Forwarded-Proto", "https"],
      ["X-Forwarded-Host", "evil.test"],
      ["X-Forwarded-Port", "1"],
      ["X-Forwarded-Path", "/evil"],
      ["X-Forwarded-Prefix", "/evil"],
      ["X-Real-IP", "10.0.0.1"],
      ["X-Kong-Request-Id", "mine"],
    ]);
    expect(JSON.stringify(fields.flat)).not.toMatch(/evil|10\.0\.0\.1|https|mine/);
  });

  test("what a trusted peer says", async () => {
    const fields = await upstreamFields(
      [
        ["X-Forwarded-Proto", "https"],
        ["X-Forwarded-Host", "front.test"],
      ],
      {
        proxy: { isTrusted: (address) => address === "192.0.2.1" },
      },
    );
    expect([fields.get("x-forwarded-proto"), fields.get("x-forwarded-host")]).toEqual([
      "https",
      "front.test",
    ]);
  });

  test("of HTTP/1.0 clients by their version", async () => {
    expect((await upstreamFields([], {}, "1.0")).get("via")).toBe("1 sallyport/1.2.3");
  });

  test("end-to-end fields in order, repeated ones apart", async () => {
    const fields = await upstreamFields([
      ["X-B", "1"],
      ["x-a", "2"],
      ["X-B", "3"],
      ["Authorization", "secret"],
    ]);
    expect([...fields].slice(-4)).toEqual([
      ["X-B", "1"],
      ["x-a", "2"],
      ["X-B", "3"],
      ["Authorization", "secret"],
    ]);
  });
});

describe("the upstream is not told", () => {
  test.each([
    ["Connection", "keep-alive, X-Listed"],
    ["Keep-Alive", "timeout=5"],
    ["Proxy-Connection", "keep-alive"],
    ["Proxy", "http://evil.test"],
    ["Expect", "100-continue"],
    ["Transfer-Encoding", "chunked"],
    ["Upgrade", "h2c"],
    ["TE", "gzip, trailers;q=0.5"],
  ])("%s", async (name, value) => {
    expect((await upstreamFields([[name, value]])).has(name)).toBe(false);
  });

  test("what Connection lists", async () => {
    const fields = await upstreamFields([
      ["Connection", "close, X-Listed"],
      ["x-listed", "1"],
      ["X-Other", "2"],
    ]);
    expect([fields.has("X-Listed"), fields.has("X-Other")]).toEqual([false, true]);
  });
});

test("a client that accepts trailers is passed on as one", async () => {
  expect((await upstreamFields([["TE", "trailers"]])).get("te")).toBe("trailers");
});

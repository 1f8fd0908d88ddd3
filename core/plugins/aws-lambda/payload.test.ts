import { describe, expect, test } from "vitest";
import { lambda, reply } from "../../../test/support/lambda.ts";
import type { MemoryRequest } from "../../../testing/index.ts";

const payload = async (
  config: Record<string, unknown>,
  request: MemoryRequest = {},
  route: Record<string, unknown> = {},
): Promise<Record<string, unknown>> => {
  const all = lambda(config, [reply()], route);
  await all.ask(request);
  return all.payload();
};
const post = (type: string | undefined, body: string, target = "/t"): MemoryRequest => ({
  method: "POST",
  target,
  headers: type === undefined ? [] : [["Content-Type", type]],
  body,
});
const form = "application/x-www-form-urlencoded";
const json = "application/json";

describe("without options the function gets the query and the body's values", () => {
  test.each([
    [{ target: "/t?a=1&a=2&b&c=" }, { a: ["1", "2"], b: true, c: "" }],
    [post(form, "b=2&a=3", "/t?a=1"), { a: "3", b: "2" }],
    [
      post(`${json}; charset=utf-8`, '{"b":[],"__proto__":1}', "/t?a=1"),
      JSON.parse('{"a":"1","b":[],"__proto__":1}'),
    ],
    [post(json, '["x","y"]'), ["x", "y"]],
    [post(json, '["x"]', "/t?a=1"), { a: "1", 1: "x" }],
    [post(json, "{broken", "/t?a=1"), { a: "1" }],
    [post(json, "5"), {}],
    [post("text/plain", "a=1"), {}],
    [
      post(
        "multipart/form-data; boundary=B",
        '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B--\r\n',
      ),
      { a: "1" },
    ],
  ])("%j", async (request, expected) => {
    expect(await payload({}, request)).toEqual(expected);
  });
});

describe("the function gets the parts that are asked for", () => {
  test("method, target and headers", async () => {
    const request: MemoryRequest = {
      method: "PUT",
      target: "/t/%7Ex?a=1&b",
      headers: [
        ["X-A", "1"],
        ["x-a", "2"],
        ["X-B", "caf\xc3\xa9"],
      ],
    };
    expect(await payload({ forward_request_method: true }, request)).toEqual({ request_method: "PUT" });
    expect(await payload({ forward_request_uri: true }, request)).toEqual({
      request_uri: "/t/%7Ex?a=1&b",
      request_uri_args: { a: "1", b: true },
    });
    const { request_headers: headers } = await payload({ forward_request_headers: true }, request);
    expect(headers).toMatchObject({ "x-a": ["1", "2"], "x-b": "café" });
  });

  test.each([
    [post(form, "a=1"), { request_body: "a=1", request_body_args: { a: "1" } }],
    [post(json, '{"a":1}'), { request_body: '{"a":1}', request_body_args: { a: 1 } }],
    [post(json, "{broken"), { request_body: "{broken" }],
    [post("text/plain", "tea"), { request_body: "tea", request_body_args: {} }],
    [
      post("text/plain; charset=utf-8", "tea"),
      { request_body: "dGVh", request_body_base64: true, request_body_args: {} },
    ],
    [post(undefined, "tea"), { request_body: "dGVh", request_body_base64: true, request_body_args: {} }],
    [{}, { request_body: "", request_body_base64: true, request_body_args: {} }],
  ])("the body of %j", async (request, expected) => {
    expect(await payload({ forward_request_body: true }, request)).toEqual(expected);
  });

  test("unknown bodies as they are, without base64_encode_body", async () => {
    const config = { forward_request_body: true, base64_encode_body: false };
    expect(await payload(config, post("image/tea", "tea"))).toEqual({
      request_body: "tea",
      request_body_args: {},
    });
  });
});

describe("as API Gateway tells it", () => {
  test("the event has every field", async () => {
    const route = { paths: ["/t", "~/t/(?<leaf>[^/]+)$"], strip_path: false };
    const all = lambda({ awsgateway_compatible: true }, [reply()], route);
    await all.ask({
      method: "POST",
      target: "/t/gr%C3%BCn?a=1&a=2&b",
      headers: [
        ["Host", "Tea.Test:8000"],
        ["User-Agent", "cup"],
        ["X-A", "1"],
        ["X-A", "2"],
      ],
      body: "tea",
    });
    const { startedAtMs, id, request } = all.finished[0]!;
    const path = "/t/gr%C3%BCn";
    expect(all.payload()).toMatchObject({
      version: "1.0",
      resource: "/t/(?<leaf>[^/]+)$",
      path,
      httpMethod: "POST",
      headers: { "x-a": "1", "user-agent": "cup" },
      multiValueHeaders: { "x-a": ["1", "2"], "user-agent": ["cup"] },
      pathParameters: { leaf: "grün" },
      queryStringParameters: { a: "1", b: true },
      multiValueQueryStringParameters: { a: ["1", "2"], b: [true] },
      body: "dGVh",
      isBase64Encoded: true,
      requestContext: {
        path,
        protocol: "HTTP/1.1",
        httpMethod: "POST",
        domainName: "tea.test",
        domainPrefix: "tea",
        identity: { sourceIp: request.connection.peerAddress, userAgent: "cup" },
        requestId: id,
        requestTimeEpoch: startedAtMs,
        resourcePath: path,
      },
    });
    const { requestTime } = all.payload()["requestContext"] as { requestTime: string };
    expect(requestTime).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    const [, day, month, year, time] = /^(\d+)\/(\w+)\/(\d+):(\S+)/.exec(requestTime)!;
    expect(Date.parse(`${day} ${month} ${year} ${time} GMT`)).toBe(startedAtMs - (startedAtMs % 1000));
  });

  test.each([
    [true, "tea", { body: "dGVh", isBase64Encoded: true }],
    [false, "tea", { body: "tea", isBase64Encoded: false }],
    [true, "", { body: "", isBase64Encoded: true }],
    [false, "", { isBase64Encoded: false }],
  ])("with base64_encode_body %s the body of %j is %j", async (isEncoded, text, expected) => {
    const config = { awsgateway_compatible: true, base64_encode_body: isEncoded };
    const { body, isBase64Encoded } = await payload(config, { method: "POST", body: text });
    expect({ body, isBase64Encoded }).toEqual({ body: undefined, ...expected });
  });

  test("the path is the one of the upstream, where the route strips it", async () => {
    const event = await payload({ awsgateway_compatible: true }, { target: "/t/x?a=1" });
    expect([event["path"], event["resource"]]).toEqual(["/x", "/t"]);
  });
});

describe("a body of more than 64 KiB", () => {
  const large = "x".repeat(65_537);

  test("is left out and told in the log", async () => {
    const all = lambda({ forward_request_body: true });
    await all.ask(post("text/plain", large));
    expect(all.payload()).toEqual({ request_body_args: {} });
    expect(all.ports.logger.records.map(({ message }) => message)).toContain(
      "request body is left out, it is larger than 65536 bytes",
    );
  });

  test("is sent where it is not to be skipped; one of 64 KiB always", async () => {
    const config = { forward_request_body: true, skip_large_bodies: false };
    expect((await payload(config, post("text/plain", large)))["request_body"]).toBe(large);
    const fitting = large.slice(1);
    const skipping = { forward_request_body: true };
    expect((await payload(skipping, post("text/plain", fitting)))["request_body"]).toBe(fitting);
  });
});

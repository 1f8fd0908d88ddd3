import { describe, expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";
import type { MemoryRequest } from "../../../adapters/memory/index.ts";

const ask = (config: Record<string, unknown>, request: MemoryRequest = {}) =>
  gatewayOn(oneRoute([{ name: "request-termination", config }])).client.send({ target: "/t", ...request });

describe("a request is answered", () => {
  test("with 503 by default", async () => {
    const response = await ask({});
    expect([response.status, response.body]).toEqual([503, '{"message":"Service unavailable"}']);
  });

  test.each([
    [401, '{"message":"Unauthorized"}'],
    [404, '{"message":"Not found"}'],
    [405, '{"message":"Method not allowed"}'],
    [500, '{"message":"An unexpected error occurred"}'],
    [502, '{"message":"Bad Gateway"}'],
    [200, ""],
    [418, ""],
  ])("with %i and what it says", async (status_code, body) => {
    const response = await ask({ status_code });
    expect([response.status, response.body]).toEqual([status_code, body]);
  });

  test("with a page where Kong sends one for a bare status", async () => {
    const response = await ask({ status_code: 410 });
    expect(response.headers.get("content-type")).toBe("text/html; charset=UTF-8");
    expect(response.body).toContain("<h1>410 Gone</h1>");
  });

  test("with a message", async () => {
    expect((await ask({ status_code: 404, message: 'm/"404"' })).body).toBe('{"message":"m/\\"404\\""}');
  });

  test("with a body of any type", async () => {
    const response = await ask({ status_code: 200, content_type: "text/x-y", body: "<x>" });
    expect([response.headers.get("content-type"), response.body]).toEqual(["text/x-y", "<x>"]);
  });

  test("only when the trigger is there", async () => {
    const config = { status_code: 403, message: "stop", trigger: "x-stop" };
    expect((await ask(config)).status).toBe(200);
    expect((await ask(config, { headers: [["X-Stop", ""]] })).status).toBe(403);
    expect((await ask(config, { target: "/t?x-stop" })).status).toBe(403);
    expect((await ask(config, { target: "/t?X-Stop=1" })).status).toBe(200);
  });

  test("with what is known about it, by echo", async () => {
    const response = await ask(
      { echo: true, status_code: 200 },
      {
        method: "POST",
        target: "/t?a=1&b",
        headers: [
          ["X-One", "1"],
          ["x-one", "2"],
        ],
        body: "raw",
      },
    );
    expect(JSON.parse(response.body)).toMatchObject({
      kong: { hostname: "test", worker_pid: 42 },
      request: {
        method: "POST",
        path: "/t",
        query: { a: "1", b: true },
        headers: { "x-one": ["1", "2"] },
        raw_body: "raw",
        scheme: "http",
        host: "gateway.test",
      },
      matched_route: { name: "r" },
      matched_service: { name: "s" },
    });
  });
});

import { describe, expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";
import type { MemoryRequest } from "../../../adapters/memory/index.ts";

const ask = async (config: Record<string, unknown>, request: MemoryRequest = {}) => {
  const { client, ports } = gatewayOn(oneRoute([{ name: "cors", config }]));
  const response = await client.send({ target: "/t", ...request });
  const field = (name: string): string | undefined => response.headers.get(name);
  return {
    response,
    field,
    origin: field("access-control-allow-origin"),
    wasProxied: ports.transport.sent.length > 0,
  };
};
const from = (origin: string): MemoryRequest => ({ headers: [["Origin", origin]] });
const preflight = (origin: string, ...more: [string, string][]): MemoryRequest => ({
  method: "OPTIONS",
  headers: [["Origin", origin], ["Access-Control-Request-Method", "PUT"], ...more],
});

describe("a response", () => {
  test.each([
    ["any origin by default", {}, "https://a.test", "*", undefined],
    [
      "one origin to everybody",
      { origins: ["https://a.test"] },
      "https://b.test",
      "https://a.test",
      "Origin",
    ],
    [
      "the origin of a list",
      { origins: ["https://a.test", "https://b.test"] },
      "https://b.test",
      "https://b.test",
      "Origin",
    ],
    [
      "no other origin",
      { origins: ["https://a.test", "https://b.test"] },
      "https://c.test",
      undefined,
      "Origin",
    ],
    [
      "a host by expression",
      { origins: [".*\\.a\\.test"] },
      "https://x.a.test:8443",
      "https://x.a.test:8443",
      "Origin",
    ],
    [
      "no host that only begins so",
      { origins: [".*\\.a\\.test"] },
      "https://x.a.test.evil",
      undefined,
      "Origin",
    ],
    [
      "an origin without its scheme's port",
      { origins: ["https://(a|b)\\.test"] },
      "HTTPS://A.test:443",
      "https://a.test",
      "Origin",
    ],
    [
      "everything by an asterisk in a list",
      { origins: ["https://a.test", "*"] },
      "https://c.test",
      "*",
      "Origin",
    ],
  ])("allows %s", async (_, config, origin, allowed, vary) => {
    const answer = await ask(config, from(origin));
    expect([answer.origin, answer.field("vary"), answer.wasProxied]).toEqual([allowed, vary, true]);
  });

  test("names the origin in place of the asterisk when credentials are allowed", async () => {
    const { origin, field } = await ask({ credentials: true }, from("https://a.test"));
    expect([origin, field("access-control-allow-credentials"), field("vary")]).toEqual([
      "https://a.test",
      "true",
      "Origin",
    ]);
    expect((await ask({ credentials: true })).origin).toBe("*");
  });

  test("names the exposed headers", async () => {
    const { field } = await ask({ exposed_headers: ["X-A", "X-B"] }, from("https://a.test"));
    expect(field("access-control-expose-headers")).toBe("X-A,X-B");
  });

  test("to a request without Origin says who may read it, too", async () => {
    expect((await ask({})).origin).toBe("*");
  });

  test("of the gateway itself carries the headers too", async () => {
    const { client } = gatewayOn({ plugins: [{ name: "cors" }] });
    const { status, headers } = await client.send({ target: "/nowhere" });
    expect([status, headers.get("access-control-allow-origin")]).toEqual([404, "*"]);
  });
});

describe("a preflight", () => {
  test("is answered", async () => {
    const { response, field, wasProxied } = await ask({ max_age: 60 }, preflight("https://a.test"));
    expect([response.status, response.body, wasProxied]).toEqual([200, "", false]);
    expect(["methods", "headers"].map((name) => field(`access-control-allow-${name}`))).toEqual([
      "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT",
      undefined,
    ]);
    expect(field("access-control-max-age")).toBe("60");
  });

  test("gets the methods that are configured", async () => {
    const { field } = await ask({ methods: ["GET", "PUT"] }, preflight("https://a.test"));
    expect(field("access-control-allow-methods")).toBe("GET,PUT");
  });

  test("gets the headers that it asks for, or those configured", async () => {
    const asked: [string, string] = ["Access-Control-Request-Headers", "x-z"];
    const allowed = "access-control-allow-headers";
    expect((await ask({}, preflight("https://a.test", asked))).field(allowed)).toBe("x-z");
    expect((await ask({ headers: ["A", "B"] }, preflight("https://a.test", asked))).field(allowed)).toBe(
      "A,B",
    );
  });

  test("learns about private networks when it asks and may", async () => {
    const request = preflight("https://a.test", ["Access-Control-Request-Private-Network", "true"]);
    const name = "access-control-allow-private-network";
    expect((await ask({ private_network: true }, request)).field(name)).toBe("true");
    expect((await ask({}, request)).field(name)).toBeUndefined();
  });

  test("goes to the upstream with preflight_continue, and nothing is added", async () => {
    const { origin, wasProxied } = await ask({ preflight_continue: true }, preflight("https://a.test"));
    expect([origin, wasProxied]).toEqual([undefined, true]);
  });

  test("needs Origin and the method asked for", async () => {
    expect((await ask({}, { ...from("https://a.test"), method: "OPTIONS" })).wasProxied).toBe(true);
    expect((await ask({}, { ...preflight("https://a.test"), method: "GET" })).wasProxied).toBe(true);
  });
});

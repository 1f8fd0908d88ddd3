import { describe, expect, test } from "vitest";
import { HeaderList } from "../../http/headers.ts";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";
import type { MemoryRequest } from "../../../adapters/memory/index.ts";

const ask = async (config: Record<string, unknown>, request: MemoryRequest = {}, route = {}) => {
  const { client, ports } = gatewayOn(oneRoute([{ name: "request-transformer", config }], {}, route));
  const { status } = await client.send({ target: "/t", ...request });
  const sent = ports.transport.sent[0];
  return { status, sent: sent?.request, body: sent?.body, headers: new HeaderList(sent?.request.headers) };
};
const typed = (type: string, body: string): MemoryRequest => ({
  method: "POST",
  headers: [["Content-Type", type]],
  body,
});

describe("headers", () => {
  const sent: MemoryRequest = {
    headers: [
      ["X-A", "1"],
      ["X-A", "2"],
      ["X-B", "3"],
    ],
  };

  test.each([
    [{ remove: { headers: ["x-a"] } }, { "x-a": [], "x-b": ["3"] }],
    [{ rename: { headers: ["x-a:X-N"] } }, { "x-a": [], "x-n": ["1", "2"] }],
    [{ replace: { headers: ["x-b:new", "x-c:new"] } }, { "x-b": ["new"], "x-c": [] }],
    [{ add: { headers: ["x-b:new", "x-c: new"] } }, { "x-b": ["3"], "x-c": ["new"] }],
    [{ append: { headers: ["x-b:4", "x-c:5"] } }, { "x-b": ["3", "4"], "x-c": ["5"] }],
    [
      { remove: { headers: ["x-b"] }, add: { headers: ["x-b:again"] }, append: { headers: ["x-b:more"] } },
      { "x-b": ["again", "more"] },
    ],
    [{ remove: { headers: ["host"] }, add: { headers: ["host:evil"] } }, { host: ["upstream.test:8080"] }],
    [{ replace: { headers: ["host:other.test"] } }, { host: ["other.test"] }],
  ])("%j", async (config, expected) => {
    const { headers } = await ask(config, sent);
    for (const [name, values] of Object.entries(expected)) expect(headers.getAll(name)).toEqual(values);
  });

  test("take templates, and no line break of a client", async () => {
    const { headers } = await ask(
      { add: { headers: ["X-Out:$(query_params.q)"] } },
      { target: "/t?q=a%0d%0aX-Evil:%201" },
    );
    expect([headers.get("x-out"), headers.has("x-evil")]).toEqual(["a X-Evil: 1", false]);
  });
});

describe("the query", () => {
  test.each([
    [{ remove: { querystring: ["a"] } }, "b=%20"],
    [{ remove: { querystring: ["a", "b"] } }, ""],
    [{ rename: { querystring: ["a:n"] } }, "b=%20&n=1"],
    [{ replace: { querystring: ["a:new", "z:new"] } }, "a=new&b=%20"],
    [{ add: { querystring: ["a:new", "z:x y"] } }, "a=1&b=%20&z=x%20y"],
    [{ append: { querystring: ["a:2"] } }, "a=1&a=2&b=%20"],
    [{ remove: { querystring: ["zz"] } }, "a=1&b=%20"],
  ])("%j", async (config, query) => {
    const { sent } = await ask(config, { target: "/t?a=1&b=%20" });
    expect(sent!.target).toBe(query === "" ? "/" : `/?${query}`);
  });
});

describe("the body", () => {
  test.each([
    ["application/json", '{"a":1,"b":"x"}', { remove: { body: ["a"] } }, '{"b":"x"}'],
    ["application/json", '{"a":1,"b":"x"}', { rename: { body: ["a:n"] } }, '{"b":"x","n":1}'],
    [
      "application/json",
      '{"a":null,"b":false}',
      { replace: { body: ["a:1", "b:2", "c:3"] } },
      '{"a":"1","b":false}',
    ],
    ["application/json", '{"b":false}', { add: { body: ["b:2", "c:3"] } }, '{"b":"2","c":"3"}'],
    [
      "application/json",
      '{"s":"x","n":1,"l":[1]}',
      { append: { body: ["s:y", "n:y", "l:y"] } },
      '{"s":["x","y"],"n":["y"],"l":[1,"y"]}',
    ],
    ["application/json", "", { add: { body: ["a:1"] } }, '{"a":"1"}'],
    ["application/json", "{broken", { add: { body: ["a:1"] } }, "{broken"],
    ["application/json", "[1, 2]", { add: { body: ["a:1"] } }, "[1, 2]"],
    ["application/json", '{"__proto__":1}', { rename: { body: ["__proto__:p"] } }, '{"p":1}'],
    ["application/x-www-form-urlencoded", "a=1&b=x%20y", { remove: { body: ["a"] } }, "b=x%20y"],
    ["application/x-www-form-urlencoded", "a=1", { append: { body: ["a:2"] } }, "a=1&a=2"],
    ["text/plain", "a=1", { add: { body: ["b:2"] } }, "a=1"],
  ])("%s %s with %j", async (type, body, config, expected) => {
    expect((await ask(config, typed(type, body))).body ?? "").toBe(expected);
  });

  test("of multipart loses and gains fields", async () => {
    const part = (name: string, value: string): string =>
      `--X\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const config = {
      rename: { body: ["a:n"] },
      remove: { body: ["b"] },
      add: { body: ["c:ü"] },
      append: { body: ["d:4"] },
    };
    const body = `${part("a", "ö")}${part("b", "2")}--X--\r\n`;
    const answer = await ask(config, typed("multipart/form-data; boundary=X", body));
    expect(answer.body).toBe(`${part("n", "ö")}${part("c", "ü")}--X--\r\n`);
  });
});

describe("the request line", () => {
  test("gets another method; a form moves into the query where there is no body", async () => {
    expect((await ask({ http_method: "PUT" })).sent!.method).toBe("PUT");
    const { sent } = await ask(
      { http_method: "GET" },
      { ...typed("application/x-www-form-urlencoded", "a=1"), target: "/t?q=1" },
    );
    expect([sent!.method, sent!.target]).toEqual(["GET", "/?q=1&a=1"]);
  });

  test("gets another path, from captures too, escaped", async () => {
    const route = { paths: ["~/t/(?<id>[^/]+)/(x)"] };
    const { sent } = await ask(
      { replace: { uri: "/u/$(uri_captures.id)-$(uri_captures[2])" } },
      { target: "/t/a%20b/x?k=1" },
      route,
    );
    expect(sent!.target).toBe("/u/a%20b-x?k=1");
  });

  test("can't be made without a leading slash", async () => {
    expect((await ask({ replace: { uri: "$(query_params.p)" } }, { target: "/t?p=x" })).status).toBe(500);
  });
});

test("a template that fails answers with 500, and nothing is sent", async () => {
  const { status, sent } = await ask({ add: { headers: ["X-E:$(query_params.a.b)"] } });
  expect([status, sent]).toEqual([500, undefined]);
});

test.each([
  [{ add: { headers: ["a"] } }, "key 'a' has no value"],
  [{ add: { headers: ["a b:c"] } }, "'a b' is not a valid header"],
  [{ add: { headers: ["a:$(x y)"] } }, "unexpected symbol near 'y'"],
])("%j is refused with its reason", (config, reason) => {
  expect(() => gatewayOn(oneRoute([{ name: "request-transformer", config }]))).toThrow(reason);
});

import { describe, expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

const transformed = async (
  config: Record<string, unknown>,
  body: string,
  headers: string[] = ["Content-Type", "application/json"],
) => {
  const { client, ports } = gatewayOn(oneRoute([{ name: "response-transformer", config }]));
  ports.transport.answer = () => ({ headers, body });
  return client.send({ target: "/t" });
};
const fields = async (config: Record<string, unknown>, headers: string[]) =>
  (await transformed(config, "b", headers)).headers;
const json = async (config: Record<string, unknown>, value: unknown): Promise<unknown> =>
  JSON.parse((await transformed(config, JSON.stringify(value))).body);

describe("headers", () => {
  test("are removed, every line of them", async () => {
    expect((await fields({ remove: { headers: ["x-a"] } }, ["X-A", "1", "x-a", "2"])).has("x-a")).toBe(false);
  });

  test("are renamed with all their values, over what stood there", async () => {
    const headers = await fields({ rename: { headers: ["X-A:X-N"] } }, [
      "X-A",
      "1",
      "X-A",
      "2",
      "X-N",
      "old",
    ]);
    expect([headers.getAll("x-n"), headers.has("x-a")]).toEqual([["1", "2"], false]);
  });

  test("are replaced only where they are", async () => {
    const headers = await fields({ replace: { headers: ["X-A:new", "X-B:new"] } }, ["X-A", "1"]);
    expect([headers.getAll("x-a"), headers.has("x-b")]).toEqual([["new"], false]);
  });

  test("are added only where they are not", async () => {
    const headers = await fields({ add: { headers: ["X-A:new", "X-B:a:b"] } }, ["X-A", "1"]);
    expect([headers.getAll("x-a"), headers.getAll("x-b")]).toEqual([["1"], ["a:b"]]);
  });

  test("are appended as further lines", async () => {
    expect(
      (await fields({ append: { headers: ["Set-Cookie:c=3"] } }, ["Set-Cookie", "a=1"])).getAll("set-cookie"),
    ).toEqual(["a=1", "c=3"]);
  });

  test("of the gateway itself cannot be removed", async () => {
    const headers = await fields({ remove: { headers: ["via", "server", "x-kong-request-id"] } }, [
      "Server",
      "up",
    ]);
    expect([headers.get("server"), headers.has("via"), headers.has("x-kong-request-id")]).toEqual([
      "sallyport/1.2.3",
      true,
      true,
    ]);
  });
});

describe("members of a JSON body", () => {
  test("are removed, renamed, replaced, added and appended", async () => {
    const config = {
      remove: { json: ["gone"] },
      rename: { json: ["old:new"] },
      replace: { json: ["there:2", "missing:2"] },
      add: { json: ["there:3", "fresh:3"] },
      append: { json: ["text:b", "list:3", "number:9", "none:1"] },
    };
    expect(await json(config, { gone: 1, old: "o", there: 1, text: "a", list: [1, 2], number: 5 })).toEqual({
      new: "o",
      there: "2",
      fresh: "3",
      text: ["a", "b"],
      list: [1, 2, "3"],
      number: ["9"],
      none: ["1"],
    });
  });

  test.each([
    ["add", {}, { n: 5, t: true, f: false, s: "5" }],
    ["replace", { n: 0, t: 0, f: 0, s: 0 }, { n: 5, t: true, f: false, s: "5" }],
    ["append", {}, { n: [5], t: [true], f: [false], s: ["5"] }],
  ])("get the types that %s asks for", async (way, before, after) => {
    const fields = {
      json: ["n:5", "t:true", "f:no", "s:5", "bad:x"],
      json_types: ["number", "boolean", "boolean", "string", "number"],
    };
    expect(await json({ [way]: fields }, before)).toEqual(after);
  });

  test("called __proto__ are ordinary", async () => {
    const response = await transformed({ remove: { json: ["x"] } }, '{"__proto__":{"a":1},"x":1}');
    expect(response.body).toBe('{"__proto__":{"a":1}}');
  });
});

describe("a body", () => {
  test.each(["{broken", "", "5", '"text"'])("%j passes as it is", async (body) => {
    expect((await transformed({ remove: { json: ["a"] } }, body)).body).toBe(body);
  });

  test("of another type passes as it is, with its length", async () => {
    const response = await transformed({ remove: { json: ["a"] } }, '{"a":1}', ["Content-Type", "text/x"]);
    expect(response.body).toBe('{"a":1}');
  });

  test("that the gateway made is transformed too", async () => {
    const { client } = gatewayOn(
      oneRoute([
        { name: "key-auth" },
        { name: "response-transformer", config: { remove: { json: ["request_id"] } } },
      ]),
    );
    expect(JSON.parse((await client.send({ target: "/t" })).body)).toEqual({
      message: "No API key found in request",
    });
  });
});

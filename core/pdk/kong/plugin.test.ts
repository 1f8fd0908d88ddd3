import { expect, test } from "vitest";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";
import { kongPlugin } from "./index.ts";

/** A plugin as its authors write it, for the npm package. */
type Kong = Record<string, Record<string, (...args: unknown[]) => Promise<never>>> &
  Record<string, Record<string, Record<string, (...args: unknown[]) => Promise<never>>>>;

const pluginWith = (
  phases: Record<string, (kong: Kong, config: Record<string, string>) => unknown>,
): TestGateway => {
  // eslint-disable-next-line typescript/no-extraneous-class -- it gets its phases when it is made
  class Plugin {
    constructor(config: Record<string, string>) {
      for (const [name, phase] of Object.entries(phases))
        Object.assign(this, { [name]: (kong: Kong) => phase(kong, config) });
    }
  }
  const plugin = kongPlugin("My-Plugin", {
    Plugin,
    Schema: [{ message: { type: "string", default: "hello" } }],
    Priority: 10,
    Version: "1.0.0",
  });
  return gatewayOn(oneRoute([{ name: "my-plugin" }]), { extraPlugins: [plugin] });
};

test("the package's first example greets", async () => {
  const all = pluginWith({
    async access(kong, config) {
      const host: string = await kong["request"]!["getHeader"]!("host");
      await kong["response"]!["setHeader"]!(
        "x-hello-from-javascript",
        `Javascript says ${config["message"]} to ${host}`,
      );
    },
  });
  const { status, headers } = await all.client.send({ target: "/t" });
  expect([status, headers.get("x-hello-from-javascript")]).toEqual([
    200,
    "Javascript says hello to gateway.test",
  ]);
});

test("names go in snake_case too, several at once, and what is not there is null", async () => {
  let seen: unknown;
  const all = pluginWith({
    async access(kong) {
      seen = await Promise.all([kong["request"]!["get_method"]!(), kong["request"]!["getHeader"]!("no")]);
    },
  });
  await all.client.send({ target: "/t" });
  expect(seen).toEqual(["GET", null]);
});

test("an exit ends the request, whatever else is asked afterwards", async () => {
  const all = pluginWith({
    async access(kong) {
      await kong["response"]!["exit"]!(418, { message: "tea" }, { "x-a": ["1", "2"] });
    },
  });
  const { status, body, headers } = await all.client.send({ target: "/t" });
  expect([status, body, headers.getAll("x-a")]).toEqual([418, '{"message":"tea"}', ["1", "2"]]);
  expect(all.ports.transport.sent).toEqual([]);
});

test("what goes upstream is changed", async () => {
  const all = pluginWith({
    async access(kong) {
      const request = kong["service"]!["request"] as unknown as Record<
        string,
        (...args: unknown[]) => Promise<never>
      >;
      await request["setHeader"]!("X-New", "1");
      await request["setPath"]!("/other path");
      await request["setQuery"]!({ b: "2", a: true });
      await request["setMethod"]!("PUT");
    },
  });
  await all.client.send({ target: "/t?x=1" });
  const { request } = all.ports.transport.sent[0]!;
  expect([request.method, request.target, request.headers.includes("X-New")]).toEqual([
    "PUT",
    "/other%20path?a&b=2",
    true,
  ]);
});

test("the phase response has the whole body and may replace it", async () => {
  const all = pluginWith({
    async response(kong) {
      await kong["response"]!["setRawBody"]!("other");
    },
  });
  all.ports.transport.answer = () => ({ body: "first" });
  expect((await all.client.send({ target: "/t" })).body).toBe("other");
});

test("a phase that throws is logged, and the request goes on", async () => {
  const all = pluginWith({
    access() {
      throw new Error("oops");
    },
  });
  expect((await all.client.send({ target: "/t" })).status).toBe(200);
  expect(all.ports.logger.records.some(({ message }) => message.includes("my-plugin failed in access"))).toBe(
    true,
  );
});

test("what a method can't do rejects as a PDKError", async () => {
  let name = "";
  const all = pluginWith({
    async access(kong) {
      await kong["service"]!["setUpstream"]!("none").catch((error: Error) => (name = error.name));
    },
  });
  await all.client.send({ target: "/t" });
  expect(name).toBe("PDKError");
});

test("a schema of an unknown type is refused", () => {
  expect(() => kongPlugin("x", { Plugin: Object, Schema: [{ a: { type: "money" } }] })).toThrow(
    "field 'a' has the unknown type 'money'",
  );
});

import { describe, expect, test } from "vitest";
import type { ScriptFunctions, Scripts } from "../../index.ts";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";

type Functions = Record<
  string,
  (kong: Record<string, Record<string, (...args: unknown[]) => unknown>>) => unknown
>;

/** The texts of a configuration are names of functions of the test: what runs texts has its own contract. */
const named = (functions: Functions): Scripts & { closed: number } => {
  const scripts = {
    closed: 0,
    check(text: string) {
      if (!(text in functions)) throw new Error(`no ${text}`);
    },
    open: () => ({
      compile: (text: string) => (kong: ScriptFunctions) => functions[text]!(kong as never) as void,
      close: () => void scripts.closed++,
    }),
  };
  return scripts;
};

const withFunctions = (
  config: Record<string, string[]>,
  functions: Functions,
  rest: Record<string, unknown>[] = [],
): TestGateway =>
  gatewayOn(oneRoute([{ name: "pre-function", config }, ...rest]), { ports: { scripts: named(functions) } });

describe("functions run", () => {
  test("in access, where they change what goes upstream and what comes back", async () => {
    const all = withFunctions(
      { access: ["a"] },
      {
        a(kong) {
          (
            kong["service"] as never as { request: { setHeader(n: string, v: string): void } }
          ).request.setHeader("x-up", "1");
          kong["response"]!["setHeader"]!("x-down", kong["request"]!["getHeader"]!("x-in"));
        },
      },
    );
    const { headers } = await all.client.send({ target: "/t", headers: [["x-in", "in"]] });
    expect([headers.get("x-down"), all.upstream.sent[0]!.request.headers.includes("x-up")]).toEqual([
      "in",
      true,
    ]);
  });

  test("one after the other, until one answers", async () => {
    const seen: string[] = [];
    const all = withFunctions(
      { access: ["first", "second", "third"] },
      {
        first: async () => void seen.push("first"),
        async second(kong) {
          seen.push("second");
          kong["response"]!["exit"]!(403, "no");
        },
        third: () => void seen.push("third"),
      },
    );
    expect([(await all.client.send({ target: "/t" })).status, seen]).toEqual([403, ["first", "second"]]);
  });

  test("in rewrite and certificate, when they are global", async () => {
    const seen: unknown[] = [];
    const all = gatewayOn(
      { plugins: [{ name: "post-function", config: { rewrite: ["r"], certificate: ["c"] } }] },
      {
        ports: {
          scripts: named({
            r: (kong) => void seen.push(kong["request"]!["getMethod"]!()),
            c: (kong) =>
              void seen.push(
                (kong["client"] as never as { tls: { getServerName(): string } }).tls.getServerName(),
              ),
          }),
        },
      },
    );
    await all.gateway.certificate("a.test");
    await all.client.send({ target: "/t", method: "PATCH" });
    expect(seen).toEqual(["a.test", "PATCH"]);
  });

  test("in header_filter, and in log when all is over", async () => {
    const seen: unknown[] = [];
    const all = withFunctions(
      { header_filter: ["h"], log: ["l"] },
      {
        h: (kong) => kong["response"]!["setHeader"]!("x-h", "1"),
        l: (kong) => void seen.push(kong["response"]!["getStatus"]!()),
      },
    );
    expect((await all.client.send({ target: "/t" })).headers.get("x-h")).toBe("1");
    await expect.poll(() => seen).toEqual([200]);
  });

  test("in body_filter, with the whole body at its end", async () => {
    const all = withFunctions(
      { body_filter: ["b"] },
      {
        b(kong) {
          const body = kong["response"]!["getRawBody"]!() as string | undefined;
          if (body !== undefined) kong["response"]!["setRawBody"]!(body.toUpperCase());
        },
      },
    );
    all.upstream.answer = () => ({ body: "tea ☕", headers: ["Content-Length", "7"] });
    const { body, headers } = await all.client.send({ target: "/t" });
    expect([body, headers.get("content-length")]).toEqual(["TEA ☕", undefined]);
  });

  test("pre-function before all other plugins, post-function after them", async () => {
    const seen: unknown[] = [];
    const look: Functions[string] = (kong) => void seen.push(kong["client"]!["getConsumer"]!() !== undefined);
    const all = gatewayOn(
      oneRoute(
        ["pre-function", "post-function"]
          .map((name): Record<string, unknown> => ({ name, config: { access: ["look"] } }))
          .concat({ name: "key-auth" }),
        { consumers: [{ username: "ada", keyauth_credentials: [{ key: "k" }] }] },
      ),
      { ports: { scripts: named({ look }) } },
    );
    await all.client.send({ target: "/t", headers: [["apikey", "k"]] });
    expect(seen).toEqual([false, true]);
  });
});

test("a function that fails in access is answered with 500", async () => {
  const all = withFunctions(
    { access: ["a"] },
    {
      a() {
        throw new Error("oops");
      },
    },
  );
  const { status, body } = await all.client.send({ target: "/t" });
  expect([status, body.includes("oops")]).toEqual([500, false]);
});

test("a function that waits in header_filter is answered with 500", async () => {
  const all = withFunctions({ header_filter: ["h"] }, { h: async () => undefined });
  expect((await all.client.send({ target: "/t" })).status).toBe(500);
});

test("a configuration that is replaced is closed", () => {
  const scripts = named({ a: () => undefined });
  const all = gatewayOn(oneRoute([{ name: "pre-function", config: { access: ["a"] } }]), {
    ports: { scripts },
  });
  all.configure(oneRoute());
  expect(scripts.closed).toBe(1);
});

test("where there may be no code, none is taken", () => {
  expect(() => gatewayOn(oneRoute([{ name: "pre-function", config: { access: ["a"] } }]))).toThrow(
    "configurations may not hold code here",
  );
});

import { describe, expect, test } from "vitest";
import type { ScriptFunctions, Scripts } from "../../core/index.ts";

interface Witness {
  readonly kong: ScriptFunctions;
  readonly seen: unknown[];
}

/** Functions that remember what they were called with. */
export const witness = (): Witness => {
  const seen: unknown[] = [];
  const kong = {
    log: { call: (value: unknown) => void seen.push(value) },
    request: {
      getHeader: (name: string) => (name === "host" ? "a.test" : undefined),
      getRawBody: async () => "body",
      fail() {
        throw new Error("not now");
      },
      failLater: async () => {
        throw new Error("later");
      },
    },
  };
  return { kong, seen };
};

/** Every promise of {@link Scripts}, whatever runs them. */
export const describeScripts = (name: string, open: () => Promise<Scripts>): void => {
  describe(`scripts of ${name}`, async () => {
    const scripts = await open();
    const run = async (text: string): Promise<unknown[]> => {
      const { kong, seen } = witness();
      const space = scripts.open();
      await space.compile(text)(kong);
      space.close();
      return seen;
    };

    test("a text is the body of a function of kong", async () => {
      expect(await run('kong.log(`to ${kong.request.getHeader("host")}`)')).toEqual(["to a.test"]);
    });

    test("names go in snake_case too, and what is not there is null", async () => {
      expect(await run('kong.log(kong.request.get_header("none"))')).toEqual([null]);
    });

    test("what does not wait is done at once, when its space is ready", async () => {
      const { kong, seen } = witness();
      const script = scripts.open().compile("kong.log(1)");
      await script(kong);
      expect(script(kong)).toBeUndefined();
      expect(seen).toEqual([1, 1]);
    });

    test("what the functions promise can be waited for", async () => {
      expect(await run("kong.log(await kong.request.getRawBody())")).toEqual(["body"]);
    });

    test.each([
      ["throws", "kong.request.fail()", "PDK method kong.request.fail failed: not now"],
      ["rejects", "await kong.request.failLater()", "PDK method kong.request.fail_later failed: later"],
    ])("a function that %s does so in the text", async (_, call, message) => {
      expect(await run(`try { ${call} } catch (error) { kong.log(error.message) }`)).toEqual([message]);
    });

    test.each(["throw new Error('oops')", "await null; throw new Error('oops')"])(
      "what %j throws comes out",
      async (text) => {
        await expect(run(text)).rejects.toThrow("oops");
      },
    );

    test("a function that it returns takes its place, and keeps what it closed over", async () => {
      const { kong, seen } = witness();
      const script = scripts.open().compile("let n = 0; return (kong) => { kong.log(++n) }");
      for (let i = 0; i < 3; i++) await script(kong);
      expect(seen).toEqual([1, 2, 3]);
    });

    test("runs that wait keep their own functions", async () => {
      const space = scripts.open();
      const script = space.compile(
        'await kong.request.getRawBody(); kong.log(kong.request.getHeader("host"))',
      );
      const [one, other] = [witness(), witness()];
      await Promise.all([script(one.kong), script(other.kong)]);
      expect([one.seen, other.seen]).toEqual([["a.test"], ["a.test"]]);
    });

    test("a run under way when its space is closed ends as it would have", async () => {
      const { kong, seen } = witness();
      const space = scripts.open();
      const running = space.compile("kong.log(await kong.request.getRawBody())")(kong);
      space.close();
      await running;
      expect(seen).toEqual(["body"]);
    });

    test.each(["return (", "await await", "let x; let x"])("%j is no function", (text) => {
      expect(() => scripts.check(text)).toThrow();
    });

    test.each(["", "return () => {}", "await kong.request.getRawBody()"])("%j is one", (text) => {
      expect(() => scripts.check(text)).not.toThrow();
    });

    test("checking a text does not run it", () => {
      expect(() => scripts.check("throw new Error('it ran')")).not.toThrow();
    });
  });
};

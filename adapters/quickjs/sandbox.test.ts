import { describe, expect, test } from "vitest";
import { describeScripts, witness } from "../../test/contracts/scripts.ts";
import { Sandbox } from "./index.ts";

const maxBytes = 16 * 1024 * 1024;
describeScripts("the sandbox", () => Sandbox.load({ maxMs: 1_000, maxBytes }));

const sandbox = await Sandbox.load({ maxMs: 50, maxBytes });

/** For what is to end by itself, however busy the machine is. */
const patient = await Sandbox.load({ maxMs: 5_000, maxBytes });

const told = async (text: string): Promise<unknown> => {
  const { kong, seen } = witness();
  await patient.open().compile(`kong.log(${text})`)(kong);
  return seen[0];
};
const failure = async (text: string): Promise<string> => {
  try {
    await sandbox.open().compile(text)(witness().kong);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("from inside there is no way out", () => {
  test.each([
    "typeof process",
    "typeof require",
    "typeof fetch",
    "typeof setTimeout",
    "typeof WebAssembly",
    "typeof Buffer",
    "typeof SharedArrayBuffer",
    "typeof Uint8Array",
    "this.constructor.constructor('return typeof process')()",
    "kong.log.constructor('return typeof process')()",
    "kong.request.getHeader.constructor('return typeof process')()",
    "(await Object.getPrototypeOf(async () => {}).constructor('return typeof process')())",
    "(() => { try { kong.request.fail() } catch (e) { return e.constructor.constructor('return typeof process')() } })()",
    "(() => { try { (function f() { f() })() } catch (e) { return e.constructor.constructor('return typeof require')() } })()",
  ])("%s", async (text) => {
    expect(await told(text)).toBe("undefined");
  });

  test("modules can't be imported", async () => {
    expect(await failure('await import("node:fs")')).toMatch(/load|module|import/i);
  });

  test("only functions that were handed in are called, whatever is put into prototypes", async () => {
    expect(
      await failure(
        "Object.prototype.getSecret = () => 1; kong.request.getSecret; kong.request.getSecret.x.y",
      ),
    ).toMatch(/TypeError/);
    expect(({} as Record<string, unknown>)["getSecret"]).toBeUndefined();
  });

  test("configurations share nothing", async () => {
    await failure("globalThis.mine = 1");
    expect(await told("typeof mine")).toBe("undefined");
  });
});

describe("it is ended", () => {
  test.each([
    ["a loop", "for (;;);"],
    ["a loop that catches", "for (;;) try { for (;;); } catch {}"],
    ["promises without end", "for (;;) await null"],
    ["a regular expression that backtracks", '/^(a+)+$/.test("a".repeat(40) + "b")'],
    ["sorting", "const all = Array.from({ length: 1e5 }); for (;;) all.sort(() => 1)"],
    ["sorting that catches", "const all = Array.from({ length: 1e5 }); for (;;) try { all.sort() } catch {}"],
    ["searching", 'const all = "a".repeat(4e6); for (;;) all.indexOf("b")'],
    ["long lists in lists", "const all = []; all.length = 2 ** 31; [all].flat()"],
    ["lists that become long", "[1].flatMap(() => { const all = []; all.length = 2 ** 31; return all })"],
    ["letters of languages", 'const all = "a".repeat(2e6); for (;;) all.toLocaleLowerCase()'],
    ["encoding", 'const all = "/".repeat(4e5); for (;;) encodeURIComponent(all)'],
    ["JSON of texts", 'const all = "a".repeat(2e6); for (;;) JSON.stringify(all)'],
    ["lists out of lists", "for (;;) Array.from({ length: 1e5 })"],
    ["texts out of texts", 'const all = "a".repeat(2e6); for (;;) all.toUpperCase()'],
  ])("%s", async (_, text) => {
    expect(await failure(text)).toBe("it ran longer than 50 ms");
  });

  test.each([
    "10n ** 10n ** 8n",
    "kong.log(0xFFn << 1_000_000n)",
    "Function('return 1n')",
    "String = RegExp.prototype.exec = RegExp.prototype.test = () => null; kong.log.constructor('return 1n')",
    "Object.getPrototypeOf(function* () {}).constructor('yield 0b1n')",
    "(class extends Function {}).constructor('1n')",
    "new (class extends (async () => {}).constructor {})('1n')",
  ])("there are no BigInts: %s", async (text) => {
    expect(await failure(text)).toMatch("there are no BigInts");
  });

  test("what is another text each time is asked once", async () => {
    expect(
      await told(
        "(() => { let n = 0; const e = { toString: () => `${n++}a` }; return 'x0a0a'.indexOf(e) + '' + n })()",
      ),
    ).toBe("11");
  });

  test.each([
    ["[1, [2, [3, , 4]]].flat()", "[1,2,[3,null,4]]"],
    ["[[1, [2]], 3].flat(Infinity)", "[1,2,3]"],
    ["[1, 2].flatMap((x) => [x, [x]])", "[1,[1],2,[2]]"],
    ["'a-b-c'.split('-')", '["a","b","c"]'],
    ["'a-b-c'.split(/-/, 2)", '["a","b"]'],
    ["'abc'.split()", '["abc"]'],
    ["'abc'.slice(1)", '"bc"'],
    ["'abc'.substring(0, 2).repeat(2).replace(/b/g, (x) => x + x)", '"abbabb"'],
    ["'a'.padStart(3, '-')", '"--a"'],
    ["'undefined'.indexOf()", "0"],
  ])("%s is what it is elsewhere", async (text, expected) => {
    expect(await told(`JSON.stringify(${text})`)).toBe(expected);
  });

  test.each(["'5min' + 'x10n'", "1e3 + Function('return 2')()", "typeof eval + typeof BigInt"])(
    "%s is none",
    async (text) => {
      expect(typeof (await told(text))).toMatch(/string|number/);
    },
  );

  test("a wait for what never comes", async () => {
    expect(await failure("await new Promise(() => {})")).toBe("it waits for what never comes");
  });

  test.each([
    ["a walk over an array of holes", "const a = []; a.length = 4e9; a.indexOf(1)"],
    ["a pretended array", "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)"],
    [
      "an array that is said to be short",
      "[].concat({ length: 2 ** 53 - 1, [Symbol.isConcatSpreadable]: true })",
    ],
    ["a search of megabytes for megabytes", '"a".repeat(4e6).indexOf("a".repeat(2e6) + "b")'],
    [
      "a function that is said to be a long list",
      "const f = () => {}; Object.defineProperty(f, 'length', { value: 2 ** 40 }); f[Symbol.isConcatSpreadable] = true; [].concat(f)",
    ],
    ["a list of names of that length", "const a = []; a.length = 4e9; JSON.stringify({}, a)"],
  ])("%s, which nothing could interrupt, is refused", async (_, text) => {
    expect(await failure(text)).toMatch(/too long|arrays only/);
  });

  test.each([
    ["lists", "const all = []; for (;;) all.push({})"],
    ["texts", "const all = []; for (let i = 0; ; i++) all.push('x'.repeat(1e5) + i)"],
    ["what nests", "let all = []; for (;;) all = [all]"],
  ])("memory full of %s", async (_, text) => {
    const slow = await Sandbox.load({ maxMs: 5_000, maxBytes });
    await expect(async () => slow.open().compile(text)(witness().kong)).rejects.toThrow(/bytes|memory|stack/);
  });

  test("promises that wait for each other fill the memory, and the next run has it again", async () => {
    const slow = await Sandbox.load({ maxMs: 5_000, maxBytes });
    const space = slow.open();
    const { kong, seen } = witness();
    await expect(async () =>
      space.compile("globalThis.f = () => Promise.resolve().then(f); await f()")(kong),
    ).rejects.toThrow(/bytes|memory|never comes/);
    await space.compile("kong.log('x'.repeat(4e6).length + typeof f)")(kong);
    expect(seen).toEqual(["4000000undefined"]);
  });

  test.each([
    ["calls", "(function f() { f() })()"],
    ["JSON", 'JSON.parse("[".repeat(1e6))'],
    ["code", 'Function("(".repeat(1e5))'],
  ])("depth of %s", async (_, text) => {
    expect(await failure(text)).toMatch(/overflow|Maximum call stack/);
  });

  test("and the next run begins anew", async () => {
    const space = sandbox.open();
    const { kong, seen } = witness();
    await space.compile("globalThis.before = 1")(kong);
    await expect(async () => space.compile("for (;;);")(kong)).rejects.toThrow("longer than");
    await space.compile("kong.log(typeof before)")(kong);
    expect(seen).toEqual(["undefined"]);
  });

  test("with many spaces made and given up, memory does not grow", async () => {
    const round = async (): Promise<number> => {
      for (let i = 0; i < 50; i++) {
        const space = sandbox.open();
        await space.compile("globalThis.all = 'x'.repeat(1e6); kong.log(await kong.request.getRawBody())")(
          witness().kong,
        );
        space.close();
      }
      return process.memoryUsage().rss;
    };
    const first = await round();
    expect(await round()).toBeLessThan(first + 32 * 1024 * 1024);
  });
});

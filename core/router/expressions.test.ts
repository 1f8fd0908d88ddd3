import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HeaderList } from "../http/headers.ts";
import { checkExpression } from "./expressions.ts";
import { createRouter } from "./router.ts";
import type { RouteRequest } from "./request.ts";
import type { RouterEntry, RouterRoute } from "./route.ts";

const request = (change: Partial<RouteRequest> = {}, headers: [string, string][] = []): RouteRequest => ({
  method: "GET",
  target: "/",
  host: "a.test",
  scheme: "http",
  sni: undefined,
  peerAddress: "10.1.2.3",
  peerPort: 40_000,
  localAddress: "192.168.0.1",
  localPort: 8000,
  headers: HeaderList.from(headers),
  ...change,
});

const entry = (name: string, route: Partial<RouterRoute>): RouterEntry<string> => ({
  route: { id: name, protocols: ["http", "https"], strip_path: true, ...route },
  service: { protocol: "http", host: "up.test", port: 80 },
  value: name,
});

const routerOf = (...expressions: string[]) =>
  createRouter(
    expressions.map((expression, index) => entry(`r${index}`, { expression })),
    { flavor: "expressions" },
  );

const holds = (expression: string, change?: Partial<RouteRequest>, headers?: [string, string][]): boolean => {
  expect(checkExpression(expression)).toBeUndefined();
  return routerOf(expression).match(request(change, headers)) !== undefined;
};

describe("an expression", () => {
  it.each<[string, Partial<RouteRequest>, boolean]>([
    ['http.path == "/a"', { target: "/a?b" }, true],
    ['http.path == "/a"', { target: "/ab" }, false],
    ['http.path != "/a"', { target: "/ab" }, true],
    ['http.path ^= "/a"', { target: "/ab" }, true],
    ['http.path =^ "b"', { target: "/ab" }, true],
    ['http.path contains "é"', { target: "/x%C3%A9y" }, true],
    ['http.path ~ r#"^/\\d+$"#', { target: "/12" }, true],
    ['http.path ~ "\\\\d$"', { target: "/a/12" }, true],
    ['lower(http.path) ^= "/abc"', { target: "/ABCd" }, true],
    ['http.host == "a.test" && net.dst.port == 81', { host: "a.test:81" }, true],
    ['http.host == "a.test"', { host: undefined }, false],
    ['http.host != "a.test"', { host: undefined }, false],
    ["net.dst.port == 0x1f40", {}, true],
    ["net.port == 017500", {}, true],
    ["net.dst.port > 7999 && net.dst.port <= 8000 && net.dst.port >= 8000 && net.dst.port < 8001", {}, true],
    ["net.src.port != -1", {}, true],
    ["net.src.ip in 10.0.0.0/8", {}, true],
    ["net.src.ip not in 10.0.0.0/8", {}, false],
    ["net.src.ip == 10.1.2.3", {}, true],
    ["net.src.ip != 10.1.2.3", {}, false],
    ["net.src.ip in 10.1.2.0/30", { peerAddress: "10.1.2.4" }, false],
    ["net.src.ip in 2001:db8::/32", { peerAddress: "2001:db8:0:1::5" }, true],
    ["net.src.ip in 2001:db8::/32", {}, false],
    ["net.src.ip not in 2001:db8::/32", {}, true],
    ["net.dst.ip == ::1", { localAddress: "0:0:0:0:0:0:0:1" }, true],
    ['net.protocol == "http"', {}, true],
    ['tls.sni == "s.test"', { scheme: "https", sni: "s.test" }, true],
    ['tls.sni != "s.test"', {}, false],
    ['http.queries.a == "b c"', { target: "/?x&a=b+c" }, true],
    ['http.queries.a == ""', { target: "/?a" }, true],
    ['http.queries.a == "1"', { target: "/?a=1&a=2" }, false],
    ['any(http.queries.a) == "1"', { target: "/?a=1&a=2" }, true],
    ['http.queries.a != "1"', { target: "/" }, false],
    ['http.path.segments.0 == "a"', { target: "/a/b/c/" }, true],
    ['http.path.segments.1_2 == "b/c"', { target: "/a/b/c/" }, true],
    ['http.path.segments.1_3 == "b/c"', { target: "/a/b/c/" }, false],
    ["http.path.segments.len == 3", { target: "/a/b/c//" }, true],
    ["http.path.segments.len == 0", { target: "/" }, true],
    ['!(http.method == "POST")', {}, true],
    ['!(http.method == "GET" || http.method == "POST")', {}, false],
    ['(http.method == "GET")', {}, true],
  ])("%s of %j is %s", (expression, change, wanted) => {
    expect(holds(expression, change)).toBe(wanted);
  });

  it("binds || tighter than &&", () => {
    const expression = 'http.method == "PUT" && http.path == "/a" || http.path == "/"';
    expect(holds(expression)).toBe(false);
    expect(holds(expression, { method: "PUT" })).toBe(true);
  });

  it("asks every value of a header, or any of them", () => {
    const headers: [string, string][] = [
      ["X-Tag", "Red"],
      ["x_tag", "blue"],
    ];
    expect(holds('http.headers.x_tag != "green"', {}, headers)).toBe(true);
    expect(holds('http.headers.x_tag == "blue"', {}, headers)).toBe(false);
    expect(holds('any(http.headers.x_tag) == "blue"', {}, headers)).toBe(true);
    expect(holds('any(lower(http.headers.x_tag)) == "red"', {}, headers)).toBe(true);
    expect(holds('lower(any(http.headers.x_tag)) == "red"', {}, headers)).toBe(true);
    expect(holds('any(http.headers.x_tag) == "red"', {}, headers)).toBe(false);
    expect(holds('http.headers.x_tag != "green"', {}, [])).toBe(false);
  });

  it.each<[string, string]>([
    ["", "line 1, column 1"],
    ['http.path = "/a"', "line 1, column 11"],
    ['http.path == "/a', "line 1, column 14"],
    ['http.path == r#"/a"', "line 1, column 14"],
    ['http.path == "\\x"', "line 1, column 15"],
    ["http.path ==\n  8 && x == 1", "line 2, column 3"],
    ['foo.bar == "x"', "line 1, column 1"],
    ['http.headers.X-A == "x"', "line 1, column 15"],
    ['http.headers.X_A == "x"', "line 1, column 1"],
    ['http.path.segments.x == "x"', "line 1, column 1"],
    ['http.path.segments.2_1 == "x"', "line 1, column 1"],
    ['http.path > "x"', "line 1, column 1"],
    ["net.dst.port contains 1", "line 1, column 1"],
    ["net.dst.port == 089", "line 1, column 17"],
    ["net.src.ip in 10.0.0.1", "line 1, column 15"],
    ["net.src.ip == 10.0.0.0/8", "line 1, column 15"],
    ["net.src.ip == 10.0.0.256", "line 1, column 15"],
    ["net.src.ip in 10.0.0.0/33", "line 1, column 15"],
    ["lower(net.dst.port) == 1", "line 1, column 1"],
    ['upper(http.path) == "x"', "line 1, column 1"],
    ['http.path ~ "a(?=b)"', "line 1, column 13"],
    ['!http.path == "x"', "line 1, column 2"],
    ['(http.path == "x"', "line 1, column 18"],
    ['http.path == "x")', "line 1, column 17"],
    ['http.path not "x"', "line 1, column 15"],
    [`${"(".repeat(5000)}http.path == "x"`, "line 1, column 101"],
  ])("%s is refused with its place", (expression, place) => {
    expect(checkExpression(expression)).toContain(place);
  });
});

describe("a router of expressions", () => {
  it("ranks expressions by priority, then id, and before routes made of fields", () => {
    const router = createRouter(
      [
        entry("fields", { paths: ["/a/b/c"], hosts: ["a.test"], methods: ["GET"] }),
        entry("low", { expression: 'http.path ^= "/a"', priority: 1 }),
        entry("high", { expression: 'http.path ^= "/a/b"', priority: 2 ** 46 - 1 }),
        entry("twin", { expression: 'http.path ^= "/a"', priority: 1 }),
      ],
      { flavor: "expressions" },
    );
    expect(router.match(request({ target: "/a/b/c" }))?.value).toBe("high");
    expect(router.match(request({ target: "/a" }))?.value).toBe("twin");
    const explained = router.explain(request({ target: "/a/b/c" }));
    expect(explained.reason).toBe("its priority is greater");
    expect(explained.considered.map(({ value }) => value)).toEqual(["high", "twin", "low", "fields"]);
  });

  it("strips what a prefix or a regular expression of the path matched, and tells groups", () => {
    const router = routerOf('http.path ^= "/é"', 'http.path ~ "^/v(?P<version>\\\\d)(/x)?"');
    const first = router.match(request({ target: "/%C3%A9/rest" }));
    expect([first?.prefix, first?.upstreamPath]).toEqual(["/\xc3\xa9", "/rest"]);
    const second = router.match(request({ target: "/v2/rest" }));
    expect([second?.prefix, second?.upstreamPath]).toEqual(["/v2", "/rest"]);
    expect(second?.captures).toEqual({ unnamed: ["2"], named: { version: "2" } });
    expect(routerOf('http.path == "/v2"').match(request({ target: "/v2" }))?.prefix).toBeUndefined();
  });

  it("looks at the scheme unless a route is of https alone, which answers plain requests by a redirect", () => {
    const expression = 'http.path ^= "/"';
    const match = (protocols: string[], scheme: "http" | "https") =>
      createRouter([entry("r", { expression, protocols })], { flavor: "expressions" }).match(
        request({ scheme }),
      );
    expect(match(["http"], "https")).toBeUndefined();
    expect(match(["http"], "http")).toBeDefined();
    expect(match(["https"], "http")).toBeDefined();
    expect(match(["grpcs"], "http")).toBeUndefined();
    expect(match(["grpc"], "http")).toBeDefined();
  });

  it("compares sources and destinations of routes made of fields", () => {
    const router = createRouter(
      [
        entry("r", {
          paths: ["/"],
          sources: [{ ip: "10.0.0.0/8", port: 40_000 }, { ip: "::1" }],
          destinations: [{ port: 8000 }],
        }),
      ],
      { flavor: "expressions" },
    );
    expect(router.match(request())).toBeDefined();
    expect(router.match(request({ peerPort: 1 }))).toBeUndefined();
    expect(router.match(request({ peerAddress: "::1", peerPort: 1 }))).toBeDefined();
    expect(router.match(request({ localPort: 1 }))).toBeUndefined();
  });

  it("says that an expression contradicts itself", () => {
    const { warnings } = routerOf(
      'http.method == "GET" && http.method == "PUT"',
      'any(http.headers.a) == "1" && any(http.headers.a) == "2"',
      'http.path == "/a" && (http.path == "/b" || http.path == "/a")',
    );
    expect(warnings.map(({ kind, routeId }) => [kind, routeId])).toEqual([["unreachable", "r0"]]);
  });

  it("leaves out what can't be compiled, and says so", () => {
    const router = routerOf("http.path ==", 'http.path == "/"');
    expect(router.match(request())?.value).toBe("r1");
    expect(router.warnings).toEqual([
      { kind: "invalid", routeId: "r0", message: expect.stringContaining("column 13") },
    ]);
  });
});

interface Sample {
  readonly source: string;
  holds(request: RouteRequest): boolean;
}

const paths = ["/", "/a", "/a/b", "/b"];
const atoms = fc.oneof(
  fc.tuple(fc.constantFrom("==", "!=", "^="), fc.constantFrom(...paths)).map(([operator, text]): Sample => ({
    source: `http.path ${operator} "${text}"`,
    holds: ({ target }) =>
      operator === "==" ? target === text : operator === "!=" ? target !== text : target.startsWith(text),
  })),
  fc
    .tuple(fc.constantFrom("==", "=^"), fc.constantFrom("a.test", ".test", "b.a.test"))
    .map(([operator, text]): Sample => ({
      source: `http.host ${operator} "${text}"`,
      holds: ({ host = "" }) => (operator === "==" ? host === text : host.endsWith(text)),
    })),
  fc
    .constantFrom("GET", "PUT")
    .map((text): Sample => ({ source: `http.method == "${text}"`, holds: ({ method }) => method === text })),
  fc.constantFrom("1", "2").map((text): Sample => ({
    source: `any(http.headers.x_a) == "${text}"`,
    holds: ({ headers }) => headers.getAll("x-a").includes(text),
  })),
);
const samples = fc.letrec<{ sample: Sample }>((tie) => ({
  sample: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    atoms,
    fc
      .tuple(fc.constantFrom("&&", "||"), fc.array(tie("sample"), { minLength: 2, maxLength: 3 }))
      .map(([operator, list]): Sample => ({
        source: list.map(({ source }) => `(${source})`).join(` ${operator} `),
        holds: (request) =>
          operator === "&&" ? list.every((s) => s.holds(request)) : list.some((s) => s.holds(request)),
      })),
    tie("sample").map((sample): Sample => ({
      source: `!(${sample.source})`,
      holds: (request) => !sample.holds(request),
    })),
  ),
})).sample;

describe("the index of expressions", () => {
  it("finds what evaluating every expression finds", () => {
    const runs = Number(globalThis.process?.env?.["PROPERTY_RUNS"] ?? 500);
    const requests = fc.record({
      target: fc.constantFrom(...paths),
      host: fc.constantFrom("a.test", "b.a.test", "x.test", "x.org"),
      method: fc.constantFrom("GET", "PUT"),
      tags: fc.subarray(["1", "2"]),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(samples, fc.nat(3)), { maxLength: 8 }),
        fc.array(requests, { minLength: 1, maxLength: 6 }),
        (list, asked) => {
          const router = createRouter(
            list.map(([{ source }, priority], i) => entry(`r${i}`, { expression: source, priority })),
            { flavor: "expressions" },
          );
          expect(router.warnings.filter(({ kind }) => kind === "invalid")).toEqual([]);
          for (const { tags, ...rest } of asked) {
            const full = request(
              rest,
              tags.map((tag) => ["X-A", tag]),
            );
            const matching = list
              .map(([sample, priority], i) => ({ id: `r${i}`, priority, holds: sample.holds(full) }))
              .filter(({ holds }) => holds)
              .sort((a, b) => b.priority - a.priority || (a.id < b.id ? 1 : -1));
            expect(router.match(full)?.value).toBe(matching[0]?.id);
          }
        },
      ),
      { numRuns: runs },
    );
  });
});

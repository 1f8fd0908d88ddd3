import { describe, expect, it } from "vitest";
import { HeaderList } from "../http/headers.ts";
import { createRouter } from "./router.ts";
import type { RouteRequest } from "./request.ts";
import type { RouterEntry, RouterFlavor, RouterRoute } from "./route.ts";

const request = (
  target: string,
  change: Partial<RouteRequest> = {},
  headers: string[] = [],
): RouteRequest => ({
  method: "GET",
  target,
  host: "a.test",
  scheme: "http",
  sni: undefined,
  peerAddress: "10.1.2.3",
  peerPort: 40_000,
  localAddress: "192.168.0.1",
  localPort: 8000,
  headers: new HeaderList(headers),
  ...change,
});

const entry = (id: string, route: Partial<RouterRoute>): RouterEntry<string> => ({
  route: { id, protocols: ["http", "https"], ...route },
  service: { protocol: "http", host: "up.test", port: 80, path: "/base" },
  value: id,
});

const routerOf = (
  table: Record<string, Partial<RouterRoute>>,
  flavor: RouterFlavor = "traditional_compatible",
) =>
  createRouter(
    Object.entries(table).map(([id, route]) => entry(id, route)),
    { flavor },
  );

describe("a router", () => {
  it("hands back the caller's value, the entities, and a path that is ready for the wire", () => {
    const router = routerOf({ r: { paths: ["/a"], strip_path: true } });
    const match = router.match(request("/a/%7Bx%7D/é?q=1"));
    expect(match).toMatchObject({
      value: "r",
      prefix: "/a",
      path: "/a/{x}/\xe9",
      upstreamPath: "/base/%7Bx%7D/%E9",
    });
    expect(match?.route.id).toBe("r");
    expect(match?.service?.host).toBe("up.test");
    expect(match?.captures).toBeUndefined();
  });

  it("without routes matches nothing", () => {
    expect(routerOf({}).match(request("/"))).toBeUndefined();
  });

  it("keeps the last of entries with the same id, and leaves stream routes out", () => {
    const router = createRouter(
      [entry("r", { paths: ["/a"] }), entry("r", { paths: ["/b"] }), entry("s", { protocols: ["tcp"] })],
      { flavor: "traditional_compatible" },
    );
    expect(router.size).toBe(1);
    expect(router.match(request("/a"))).toBeUndefined();
    expect(router.match(request("/b"))?.value).toBe("r");
  });

  it("finds one of many routes that differ by a header, an SNI or a host only", () => {
    const many = Array.from({ length: 500 }, (_, i) => i);
    const router = createRouter(
      [
        ...many.map((i) => entry(`header ${i}`, { headers: { "X-Tenant": [`T${i}`] } })),
        ...many.map((i) => entry(`name ${i}`, { headers: { [`X-${i}`]: ["1"] } })),
        ...many.map((i) => entry(`sni ${i}`, { snis: [`${i}.sni.test`], protocols: ["https"] })),
        ...many.map((i) => entry(`host ${i}`, { hosts: [`*.${i}.test`] })),
      ],
      { flavor: "traditional_compatible" },
    );
    expect(router.match(request("/", {}, ["x-tenant", "t77"]))?.value).toBe("header 77");
    expect(router.match(request("/", {}, ["x_77", "1"]))?.value).toBe("name 77");
    expect(router.match(request("/", { scheme: "https", sni: "77.sni.test" }))?.value).toBe("sni 77");
    expect(router.match(request("/", { scheme: "https", sni: "x.sni.test" }))).toBeUndefined();
    expect(router.match(request("/", { scheme: "https", host: "x.77.test" }))?.value).toBe("host 77");
    expect(router.match(request("/"))?.value).toBe("sni 99");
  });

  it.each(["traditional", "traditional_compatible"] as const)(
    "compares headers with letters beyond ASCII as text (%s)",
    (flavor) => {
      const router = createRouter(
        [
          entry("one", { headers: { "x-city": ["Zürich"] } }),
          entry("wide", { headers: { "x-city": ["€ü"] } }),
          entry("pattern", { headers: { "x-city": ["~*^köln-[0-9]$"] } }),
        ],
        { flavor },
      );
      const matched = (value: string): unknown =>
        router.match(request("/", {}, ["X-City", String.fromCharCode(...new TextEncoder().encode(value))]))
          ?.value;
      expect(["ZÜRICH", "zürich", "€Ü", "KÖLN-1", "zurich"].map(matched)).toEqual([
        "one",
        "one",
        "wide",
        "pattern",
        undefined,
      ]);
    },
  );

  it("takes a route with more hosts and paths than the index keeps", () => {
    const hosts = Array.from({ length: 80 }, (_, i) => `${i}.test`);
    const paths = Array.from({ length: 80 }, (_, i) => `/${String(i).padStart(3, "0")}`);
    const router = routerOf({ r: { hosts, paths } });
    expect(router.match(request("/079/x", { host: "79.test" }))?.value).toBe("r");
    expect(router.match(request("/079/x", { host: "80.test" }))).toBeUndefined();
    expect(router.update({ remove: ["r"] }).match(request("/079", { host: "79.test" }))).toBeUndefined();
  });

  it("asks for captures of the path as sent, in bytes", () => {
    const router = routerOf({ r: { paths: ["~/(?P<name>[^/]+)(/x)?$"] } });
    expect(router.match(request("/%C3%A9"))?.captures).toEqual({
      unnamed: ["\xc3\xa9", undefined],
      named: { name: "\xc3\xa9" },
    });
  });

  it("ranks a negative regex_priority below zero", () => {
    const router = routerOf({
      a: { paths: ["~/x"], regex_priority: -1, methods: ["GET"] },
      b: { paths: ["~/x"], methods: ["GET"] },
      c: { paths: ["/x"], methods: ["GET"], hosts: ["a.test"] },
    });
    expect(router.match(request("/x"))?.value).toBe("c");
    expect(router.match(request("/x", { host: "b.test" }))?.value).toBe("b");
  });

  it("of traditional honours path_handling v1", () => {
    const table = { r: { paths: ["/a"], strip_path: true, path_handling: "v1" as const } };
    expect(routerOf(table, "traditional").match(request("/ab"))?.upstreamPath).toBe("/baseb");
    expect(routerOf(table).match(request("/ab"))?.upstreamPath).toBe("/base/b");
  });
});

describe("an explanation", () => {
  it("tells what was considered, which conditions held, and what decided", () => {
    const router = routerOf({
      wide: { paths: ["/a"] },
      narrow: { paths: ["/a/b"], methods: ["GET"] },
      headed: { paths: ["/a"], methods: ["GET"], headers: { "x-v": ["2"] }, hosts: ["a.test"] },
      elsewhere: { paths: ["/z"] },
    });
    const explained = router.explain(request("/a/b/c", {}, ["X-V", "1"]));
    expect(explained.winner?.value).toBe("narrow");
    expect(explained.reason).toBe("it has more kinds of conditions");
    expect(explained.considered.map(({ value, matched }) => [value, matched])).toEqual([
      ["headed", false],
      ["narrow", true],
      ["wide", true],
    ]);
    const asked = router.explain(request("/a/b/c", {}, ["X-V", "1"]), { routeIds: ["headed", "unknown"] });
    expect(asked.considered[0]?.conditions).toEqual([
      { kind: "methods", holds: true, wanted: "GET", got: "GET" },
      { kind: "hosts", holds: true, wanted: "a.test", got: "a.test:8000" },
      { kind: "paths", holds: true, wanted: "/a", got: "/a/b/c" },
      { kind: "headers", holds: false, wanted: "x_v: 2", got: "1" },
    ]);
  });

  it.each<[string, Partial<RouterRoute>, Partial<RouterRoute>, RouterFlavor]>([
    ["it has plain hosts only", { hosts: ["a.test"] }, { hosts: ["a.*"] }, "traditional_compatible"],
    [
      "it has more headers",
      { headers: { a: ["1"], b: ["1"] } },
      { headers: { a: ["1"] } },
      "traditional_compatible",
    ],
    [
      "it has a regular expression for the path",
      { paths: ["~/a"] },
      { paths: ["/a"] },
      "traditional_compatible",
    ],
    [
      "its regex_priority is greater",
      { paths: ["~/a"], regex_priority: 1 },
      { paths: ["~/a"] },
      "traditional_compatible",
    ],
    ["its prefix is longer", { paths: ["/a"] }, { paths: ["/"] }, "traditional_compatible"],
    [
      "nothing else differs and its id is greater",
      { paths: ["/a"], created_at: 2 },
      { paths: ["/a"], created_at: 1 },
      "traditional_compatible",
    ],
    ["it is older", { paths: ["/a"], created_at: 1 }, { paths: ["/a"], created_at: 2 }, "traditional"],
    [
      "it has kinds of more weight (host, header, path, method, SNI)",
      { hosts: ["a.test"] },
      { paths: ["/a"] },
      "traditional",
    ],
    [
      "its plain host names the port of the request",
      { hosts: ["a.test:80"], created_at: 2 },
      { hosts: ["a.test"], created_at: 1 },
      "traditional",
    ],
  ])("says that %s", (reason, winner, other, flavor) => {
    const router = routerOf({ winner, other }, flavor);
    const explained = router.explain(request("/a", { host: "a.test:80" }, ["a", "1", "b", "1"]));
    expect([explained.winner?.value, explained.reason]).toEqual(["winner", reason]);
  });

  it("of a request that nothing matches has no winner", () => {
    const explained = routerOf({ r: { paths: ["/a"], methods: ["POST"] } }).explain(request("/a"));
    expect([explained.winner, explained.reason]).toEqual([undefined, undefined]);
    expect(explained.considered[0]?.conditions[0]).toMatchObject({ kind: "methods", holds: false });
  });
});

describe("warnings", () => {
  const kinds = (table: Record<string, Partial<RouterRoute>>): unknown[] =>
    routerOf(table).warnings.map(({ kind, routeId, otherRouteId }) => [kind, routeId, otherRouteId]);

  it("tell of routes that can't be compiled", () => {
    const router = routerOf({ bad: { paths: ["~/a(?=b)"] }, good: { paths: ["/"] } });
    expect(router.warnings).toEqual([
      { kind: "invalid", routeId: "bad", message: "look-around is not supported at character 4" },
    ]);
    expect(router.update({ set: [entry("bad", { paths: ["/x"] })] }).warnings).toEqual([]);
    expect(router.update({ remove: ["bad"] }).warnings).toEqual([]);
  });

  it("tell of paths that no request can have", () => {
    expect(kinds({ r: { paths: ["/a//b"] } })).toEqual([["unreachable", "r", undefined]]);
    expect(kinds({ r: { paths: ["/a/%41"] } })).toEqual([["unreachable", "r", undefined]]);
    expect(kinds({ r: { paths: ["/a%2f"] } })).toEqual([["unreachable", "r", undefined]]);
    expect(kinds({ r: { paths: ["/a/.", "/a%2F", "/a/b."] } })).toEqual([]);
  });

  it("tell of routes that another one takes everything from", () => {
    expect(kinds({ a: { paths: ["/a"] }, b: { paths: ["/a"] } })).toEqual([["unreachable", "a", "b"]]);
    expect(kinds({ a: { methods: ["GET"] }, b: { methods: ["GET", "PUT"] } })).toEqual([
      ["unreachable", "a", "b"],
    ]);
    expect(kinds({ a: { hosts: ["a", "b"] }, b: { hosts: ["a"] } })).toEqual([["tie", "a", "b"]]);
    expect(kinds({ a: { paths: ["/a"] }, b: { paths: ["/a/b"] } })).toEqual([]);
  });

  it("tell of ties, but not where no request can match both", () => {
    const get = { paths: ["/a"], methods: ["GET", "PUT"] };
    expect(kinds({ a: get, b: { paths: ["/a"], methods: ["PUT", "POST"] } })).toEqual([["tie", "a", "b"]]);
    expect(kinds({ a: get, b: { paths: ["/a"], methods: ["POST"] } })).toEqual([]);
    expect(kinds({ a: { paths: ["~/a"] }, b: { paths: ["~/a\\d?"] } })).toEqual([["tie", "a", "b"]]);
    expect(kinds({ a: { headers: { x: ["1"] } }, b: { headers: { x: ["2"] } } })).toEqual([]);
  });
});

describe("hostile requests", () => {
  const router = routerOf({
    bomb: { paths: ["~/(a+)+$"] },
    wild: { hosts: ["*.example.test"], paths: ["/"] },
    head: { headers: { "x-a": ["~*(b+)+c"], "x-b": ["1"] }, paths: ["/h"] },
    deep: { paths: [`/${"d/".repeat(500)}`] },
  });

  it("with paths of 100 KB get their answer", () => {
    const long = "a".repeat(100_000);
    expect(router.match(request(`/${long}`))?.value).toBe("bomb");
    expect(router.match(request(`/${long}!`))).toBeUndefined();
    expect(router.match(request(`/${"d/".repeat(50_000)}`))?.value).toBe("deep");
    expect(router.match(request(`/${"%61".repeat(33_000)}`))?.value).toBe("bomb");
    expect(router.match(request(`/${"x/../".repeat(20_000)}aaa`))?.value).toBe("bomb");
    expect(router.match(request(`/?${long}`))).toBeUndefined();
  });

  it("with 10,000 headers get their answer", () => {
    const flood = Array.from({ length: 10_000 }, (_, i) => ["X-A", "b".repeat(i % 50)]).flat();
    expect(router.match(request("/h", {}, [...flood, "x-b", "1"]))).toBeUndefined();
    expect(router.match(request("/h", {}, [...flood, "x-b", "1", "x_a", "BBC"]))?.value).toBe("head");
  });

  it("with endless hosts get their answer", () => {
    expect(router.match(request("/", { host: `${"a.".repeat(50_000)}example.test` }))?.value).toBe("wild");
    expect(router.match(request("/", { host: ".".repeat(100_000) }))).toBeUndefined();
    expect(router.match(request("/", { host: `[${":".repeat(10_000)}` }))).toBeUndefined();
  });

  it("with mixed and broken encodings are read in one way only", () => {
    const table = routerOf({ r: { paths: ["/a/b"] }, slash: { paths: ["/a%2Fb"] } });
    for (const target of ["/a/b", "/a//b", "/%61/%62", "/x/%2e%2E/a/./b", "/a/%2e/b", "/%2e%2e/a/b"])
      expect(table.match(request(target))?.value).toBe("r");
    for (const target of ["/a%2fb", "/a%2Fb", "/%61%2fb"])
      expect(table.match(request(target))?.value).toBe("slash");
    for (const target of ["/a%252Fb", "/a%b", "/a%", "/a\xff/b", "/%E9/a/b", "/a\\b"])
      expect(table.match(request(target))).toBeUndefined();
  });
});

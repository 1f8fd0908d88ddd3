import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapePath, normalizePath } from "../http/path.ts";
import { HeaderList } from "../http/headers.ts";
import { createRouter } from "./router.ts";
import type { RouteRequest } from "./request.ts";
import type { RouterEntry, RouterFlavor, RouterRoute } from "./route.ts";
import { splitByPath } from "./split.ts";

/** Runs of each property; PROPERTY_RUNS=100000 for a long night. */
const runs = Number(globalThis.process?.env?.["PROPERTY_RUNS"] ?? 500);

const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T[] | undefined> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    { weight: 3, arbitrary: fc.uniqueArray(values, { minLength: 1, maxLength: 3 }) },
  );

const hosts = [
  "a.test",
  "b.test",
  "a.test:8000",
  "b.a.test:81",
  "*.test",
  "*.a.test",
  "*.test:81",
  "a.*",
  "b.a.*",
];
const prefixes = ["/", "/a", "/a/", "/ab", "/a/b", "/a/bc", "/b", "/%2F", "/é", "/a b"];
const regexes = ["~/a\\d*", "~/(?P<x>[ab]+)/c", "~/", "~/a/b|/c", "~/[^/]+/b$", "~/é.", "~/ab"];
const snis = ["a.test", "*.test", "b.test", "b.a.test."];

const routes = fc
  .record({
    hosts: maybe(fc.constantFrom(...hosts)),
    paths: maybe(fc.constantFrom(...prefixes, ...regexes)),
    methods: maybe(fc.constantFrom("GET", "POST", "PUT")),
    snis: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, maybe(fc.constantFrom(...snis))),
    xa: maybe(fc.constantFrom("1", "Two", "~*^t", "~*\\d$")),
    xb: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, maybe(fc.constantFrom("1", "2"))),
    regex_priority: fc.constantFrom(0, 0, 0, 5, -1),
    strip_path: fc.boolean(),
    created_at: fc.integer({ min: 1, max: 3 }),
    path_handling: fc.constantFrom("v0" as const, "v1" as const),
  })
  .map(({ xa, xb, hosts, paths, methods, snis, ...rest }) => ({
    ...rest,
    protocols: ["http", "https"],
    hosts: hosts ?? null,
    paths: paths ?? null,
    methods: methods ?? null,
    snis: snis ?? null,
    headers: xa || xb ? { ...(xa && { "X-A": xa }), ...(xb && { x_b: xb }) } : null,
  }));

const id = (index: number): string =>
  `${((index * 7919) % 256).toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`;
const entry = (route: Omit<RouterRoute, "id">, index: number): RouterEntry<string> => ({
  route: { ...route, id: id(index) },
  service: undefined,
  value: id(index),
});
const tables = fc.array(routes, { maxLength: 14 }).map((list) => list.map(entry));

const requests = fc
  .record({
    method: fc.constantFrom("GET", "POST", "DELETE"),
    target: fc.constantFrom(
      "/",
      "/a",
      "/a/",
      "/abc",
      "/a/b",
      "/a/b/c",
      "/a/bcd?x=/b",
      "/b/c",
      "/c",
      "/%2f/x",
      "/%c3%a9x",
      "//a/./b",
      "/a%20b/",
      "/a12",
      "/ab/c",
      "/b/../a/b",
      "/\xe9",
      "/\xc3\xa9\xc3\xa9",
    ),
    host: fc.constantFrom(
      undefined,
      "a.test",
      "b.test",
      "b.a.test",
      "a.test:8000",
      "x.test:81",
      "a.org",
      "b.a.test:81",
    ),
    scheme: fc.constantFrom("http" as const, "https" as const),
    sni: fc.constantFrom(undefined, "a.test", "b.a.test", "x.org"),
    localPort: fc.constantFrom(8000, 81),
    xa: fc.constantFrom([], ["1"], ["TWO"], ["no", "two"], ["x7"]),
    xb: fc.constantFrom([], ["2"]),
  })
  .map(({ xa, xb, ...rest }): RouteRequest => ({
    ...rest,
    peerAddress: "10.0.0.1",
    peerPort: 1234,
    localAddress: "10.0.0.2",
    headers: HeaderList.from([
      ...xa.map((value): [string, string] => ["x_a", value]),
      ...xb.map((value): [string, string] => ["X-B", value]),
    ]),
  }));

const decoder = new TextDecoder();
/** The path of each target above as text, normalised by hand. */
const normal = (target: string): string => {
  const [path = ""] = target.split("?");
  const bytes = path
    .replace(/%2f/g, "%2F")
    .replace(/%(?!2F)(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const text = decoder.decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
  return text.replace("//a/./b", "/a/b").replace("/b/../a/b", "/a/b");
};

interface Rule {
  readonly entry: RouterEntry<string>;
  readonly id: string;
  readonly paths: readonly string[];
}

const filled = (values: readonly unknown[] | null | undefined): boolean => (values?.length ?? 0) > 0;
const isRegex = (path: string): boolean => path.startsWith("~");
const utf8Length = (text: string): number => new TextEncoder().encode(text).length;
const toBytes = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text));

function wildcard(pattern: string, name: string): boolean {
  if (pattern.startsWith("*")) return name.endsWith(pattern.slice(1));
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function hostHolds(pattern: string, request: RouteRequest): boolean {
  const [name = "", port = String(request.localPort)] = (request.host ?? "").split(":");
  const [wanted = "", wantedPort] = pattern.split(":");
  return wildcard(wanted, name) && (wantedPort === undefined || wantedPort === port);
}

const pathHolds = (pattern: string, path: string, whole: boolean): boolean => {
  if (!isRegex(pattern)) return path.startsWith(pattern);
  const source = pattern.slice(1).replace("(?P<", "(?<");
  return new RegExp(whole ? `^(?:${source})` : `^${source}`, "u").test(path);
};

function headersHold(route: RouterRoute, request: RouteRequest, onlyLonePatterns: boolean): boolean {
  return Object.entries(route.headers ?? {}).every(([name, wanted]) => {
    const values = request.headers
      .getAll(/a$/i.test(name) ? "x_a" : "X-B")
      .map((value) => value.toLowerCase());
    return wanted.some((want) => {
      if (!want.startsWith("~*") || (onlyLonePatterns && wanted.length > 1))
        return values.includes(want.toLowerCase());
      return values.some((value) => new RegExp(want.slice(2).toLowerCase()).test(value));
    });
  });
}

const sniHolds = (route: RouterRoute, request: RouteRequest, wildcards: boolean): boolean =>
  !filled(route.snis) ||
  request.scheme === "http" ||
  route.snis!.some((sni) => {
    const wanted = sni.replace(/\.$/, "");
    return request.sni !== undefined && (wildcards ? wildcard(wanted, request.sni) : wanted === request.sni);
  });

/** Kong's 64-bit priority. */
function priority({ entry: { route }, paths }: Rule): bigint {
  const headers = Object.keys(route.headers ?? {}).length;
  const kinds = [route.methods, route.hosts, route.snis, paths].filter(filled).length + (headers > 0 ? 1 : 0);
  const plain = filled(route.hosts) && !route.hosts!.some((host) => host.includes("*"));
  const regex = paths.some(isRegex);
  return (
    (BigInt(kinds) << 61n) |
    (BigInt(plain) << 60n) |
    (BigInt(headers) << 52n) |
    (BigInt(regex) << 51n) |
    ((BigInt(regex ? route.regex_priority! : 0) + (1n << 31n)) << 19n) |
    BigInt(regex || paths.length === 0 ? 0 : utf8Length(paths[0]!))
  );
}

/** Looks at every rule in the order of priority. */
function naiveCompatible(table: readonly RouterEntry<string>[], request: RouteRequest): Rule | undefined {
  const path = normal(request.target);
  return table
    .flatMap((entry) =>
      splitByPath(entry.route.id, entry.route.paths?.map(toBytes)).map(({ id, paths }) => ({
        entry,
        id,
        paths: (entry.route.paths ?? []).filter((path) => paths?.includes(toBytes(path))),
      })),
    )
    .map((rule) => ({ rule, rank: priority(rule) }))
    .sort((a, b) => (a.rank === b.rank ? (a.rule.id < b.rule.id ? 1 : -1) : a.rank < b.rank ? 1 : -1))
    .find(
      ({ rule: { entry, paths } }) =>
        (!filled(entry.route.methods) || entry.route.methods!.includes(request.method)) &&
        (!filled(entry.route.hosts) || entry.route.hosts!.some((host) => hostHolds(host, request))) &&
        (paths.length === 0 || paths.some((pattern) => pathHolds(pattern, path, false))) &&
        headersHold(entry.route, request, false) &&
        sniHolds(entry.route, request, true),
    )?.rule;
}

function traditionalHost(pattern: string, request: RouteRequest): boolean {
  const [name = "", port = request.scheme === "https" ? "443" : "80"] = (request.host ?? "").split(":");
  if (!pattern.includes("*")) return pattern === request.host || pattern === name;
  const [wanted = "", wantedPort] = pattern.split(":");
  return wildcard(wanted, name) && (wantedPort === undefined || wantedPort === port);
}

function naiveTraditional(table: readonly RouterEntry<string>[], request: RouteRequest): Rule | undefined {
  const path = normal(request.target);
  const ranked = table
    .flatMap((entry): Rule[] =>
      filled(entry.route.paths)
        ? entry.route.paths!.map((path) => ({ entry, id: entry.route.id, paths: [path] }))
        : [{ entry, id: entry.route.id, paths: [] }],
    )
    .map((rule) => {
      const { route } = rule.entry;
      const headers = Object.keys(route.headers ?? {}).length;
      const kinds = [
        filled(route.hosts),
        headers > 0,
        filled(rule.paths),
        filled(route.methods),
        false,
        false,
        filled(route.snis),
      ];
      const category = kinds.reduce(
        (sum, kind, i) => sum + (kind ? [0x40, 0x20, 0x10, 8, 0, 0, 4][i]! : 0),
        0,
      );
      const regex = rule.paths.some(isRegex);
      const wild = route.hosts?.some((host) => host.includes("*")) ?? false;
      const detail =
        (route.hosts?.some((host) => /\*.*:/.test(host)) ? 4 : 0) +
        (filled(route.hosts) && !wild ? 2 : 0) +
        (regex ? 1 : 0);
      const named = request.host?.includes(":") && route.hosts?.includes(request.host);
      const order = [
        kinds.filter(Boolean).length,
        category,
        named ? 1 : 0,
        detail,
        headers,
        regex ? route.regex_priority! : 0,
        regex ? 0 : utf8Length(rule.paths[0] ?? ""),
        -route.created_at!,
      ];
      return { rule, order };
    })
    .sort((a, b) => {
      const at = a.order.findIndex((value, i) => value !== b.order[i]);
      return at < 0 ? (a.rule.id < b.rule.id ? 1 : -1) : b.order[at]! - a.order[at]!;
    });
  return ranked.find(
    ({ rule: { entry, paths } }) =>
      (!filled(entry.route.methods) || entry.route.methods!.includes(request.method)) &&
      (!filled(entry.route.hosts) || entry.route.hosts!.some((host) => traditionalHost(host, request))) &&
      (paths.length === 0 || paths.some((pattern) => pathHolds(pattern, path, true))) &&
      headersHold(entry.route, request, true) &&
      sniHolds(entry.route, request, false),
  )?.rule;
}

const naive = { traditional: naiveTraditional, traditional_compatible: naiveCompatible };

describe.each(["traditional_compatible", "traditional"] as const)("the index of %s", (flavor) => {
  it("finds what a look at every route finds", () => {
    fc.assert(
      fc.property(tables, fc.array(requests, { minLength: 1, maxLength: 8 }), (table, list) => {
        const router = createRouter(table, { flavor });
        for (const request of list) {
          const wanted = naive[flavor](table, request);
          const match = router.match(request);
          expect(match?.value).toBe(wanted?.entry.value);
          expect(router.explain(request).winner?.value).toBe(match?.value);
          const prefix = wanted?.paths.find(
            (path) => !isRegex(path) && normal(request.target).startsWith(path),
          );
          if (wanted?.entry.route.strip_path && prefix !== undefined)
            expect(match?.prefix).toBe(toBytes(prefix));
        }
      }),
      { numRuns: runs },
    );
  });
});

describe("the path of a match", () => {
  const pieces = [
    "/",
    "/",
    ".",
    "%2e",
    "%2F",
    "%2f",
    "%41",
    "%",
    "%4",
    "a",
    "é",
    " ",
    "?",
    "\\",
    "\xff",
    "%ff",
    "你",
  ];
  const characters = fc.constantFrom(...pieces);
  const targets = fc.array(characters, { maxLength: 14 }).map((parts) => `/${parts.join("")}`);

  it("is the target's, normalised, and goes out escaped", () => {
    const router = createRouter([entry({ protocols: ["http"], methods: ["GET"] }, 0)], {
      flavor: "traditional_compatible",
    });
    const anyRequest = fc.sample(requests, 1)[0]!;
    fc.assert(
      fc.property(targets, (target) => {
        const match = router.match({ ...anyRequest, method: "GET", target });
        const query = target.indexOf("?", 1);
        const path = normalizePath(query < 0 ? target : target.slice(0, query));
        expect(match?.path).toBe(path);
        expect(match?.upstreamPath).toBe(escapePath(path));
        expect(match?.upstreamPath).toMatch(/^[!-~]+$/);
      }),
      { numRuns: runs },
    );
  });
});

describe("changes", () => {
  const edits = fc.array(
    fc.record({
      set: fc.array(fc.tuple(routes, fc.nat(9)), { maxLength: 3 }),
      remove: fc.array(fc.nat(9), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 8 },
  );

  it.each<RouterFlavor>(["traditional_compatible", "traditional", "expressions"])(
    "one by one make the same %s router as all at once, and leave older ones as they were",
    (flavor) => {
      fc.assert(
        fc.property(edits, fc.array(requests, { minLength: 1, maxLength: 5 }), (steps, list) => {
          const table = new Map<string, RouterEntry<string>>();
          let router = createRouter<string>([], { flavor });
          const versions: { router: typeof router; answers: (string | undefined)[] }[] = [];
          for (const [step, { set, remove }] of steps.entries()) {
            const entries = set.map(([route, index]) => ({
              ...entry(route, index),
              value: `${id(index)} ${step}`,
            }));
            for (const index of remove) table.delete(id(index));
            for (const changed of entries) table.set(changed.route.id, changed);
            router = router.update({ set: entries, remove: remove.map(id) });
            const scratch = createRouter(table.values(), { flavor });
            const answers = list.map((request) => scratch.match(request)?.value);
            expect(router.size).toBe(table.size);
            versions.push({ router, answers });
          }
          for (const { router, answers } of versions)
            expect(list.map((request) => router.match(request)?.value)).toEqual(answers);
          const emptied = router.update({ remove: [...table.keys()] });
          expect(emptied.size).toBe(0);
          expect(list.map((request) => emptied.match(request))).toEqual(list.map(() => undefined));
        }),
        { numRuns: Math.ceil(runs / 3) },
      );
    },
  );
});

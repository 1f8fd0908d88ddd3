import * as fc from "fast-check";
import { HeaderList } from "../../core/http/headers.ts";
import type { RouteRequest } from "../../core/router/request.ts";
import type { RouterEntry, RouterRoute } from "../../core/router/route.ts";

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
/** Around the lengths at which look-ups change: eights of bytes, and more than a slot has room for. */
const whole = "/a/bcdefghijklmnopqrstuvwxyz/bcdefghijklmnopqrstuvwxyz/bcdefgh";
const long = [7, 8, 9, 15, 16, 51, 52, 53, 60].map((length) => whole.slice(0, length));
const prefixes = ["/", "/a", "/a/", "/ab", "/a/b", "/a/bc", "/b", "/%2F", "/é", "/a b", ...long];
const regexes = ["~/a\\d*", "~/(?P<x>[ab]+)/c", "~/", "~/a/b|/c", "~/[^/]+/b$", "~/é.", "~/ab"];
const snis = ["a.test", "*.test", "b.test", "b.a.test."];

export const routes = fc
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

/** Of the route with that number. */
export const id = (index: number): string =>
  `${((index * 7919) % 256).toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`;
export const entry = (route: Omit<RouterRoute, "id">, index: number): RouterEntry<string> => ({
  route: { ...route, id: id(index) },
  service: undefined,
  value: id(index),
});
export const tables = fc.array(routes, { maxLength: 14 }).map((list) => list.map(entry));

/** Requests that routes above may match. */
export const requests = fc
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
      whole,
      `${whole.slice(0, 55)}/x`,
      `${whole.slice(0, 52)}?`,
      whole.slice(0, 16),
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

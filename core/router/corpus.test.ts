import { describe, expect, it } from "vitest";
import tables from "../../test/corpora/router.json" with { type: "json" };
import { HeaderList } from "../http/headers.ts";
import { toByteString } from "../http/utf8.ts";
import { createRouter, type Router } from "./router.ts";
import type { RouteMatch, RouteRequest } from "./request.ts";
import type { RouterEntry, RouterFlavor, RouterRoute, RouterService } from "./route.ts";

interface Expectation {
  status: number;
  route: string | null;
  upstream_path?: string;
  x_forwarded_prefix?: string;
  matched_captures?: Record<string, string>;
}
interface Case {
  name: string;
  robust: boolean;
  request: {
    method: string;
    scheme: string;
    host: string;
    listen_port: number;
    path: string;
    sni?: string;
    headers?: Record<string, string | string[]>;
  };
  expect: Expectation;
  expect_traditional?: Expectation;
}
interface Table {
  routes: (Partial<RouterRoute> & { id: string; name: string; service?: RouterService })[];
  cases: Case[];
}

const entriesOf = (table: Table): RouterEntry<string>[] =>
  table.routes.map((route) => ({
    route: { protocols: ["http", "https"], ...route },
    service: route.service,
    value: route.name,
  }));

function requestOf({ method, scheme, host, listen_port, path, sni, headers }: Case["request"]): RouteRequest {
  const fields: [string, string][] = [["Host", host]];
  for (const [name, values] of Object.entries(headers ?? {}))
    for (const value of [values].flat()) fields.push([name, value]);
  return {
    method,
    target: toByteString(path),
    host,
    scheme: scheme === "https" ? "https" : "http",
    sni,
    peerAddress: "127.0.0.1",
    peerPort: 50_000,
    localAddress: "127.0.0.1",
    localPort: listen_port,
    headers: HeaderList.from(fields),
  };
}

function summary(match: RouteMatch<string> | undefined): object {
  if (!match) return { route: null };
  const captures = Object.fromEntries(
    (match.captures?.unnamed ?? []).flatMap((v, i) => (v === undefined ? [] : [[String(i + 1), v]])),
  );
  return {
    route: match.value,
    ...(match.service && {
      upstream: match.upstreamPath,
      prefix: match.prefix === "/" ? undefined : match.prefix,
      captures: { ...captures, ...match.captures?.named },
    }),
  };
}

const expected = (row: Expectation): object =>
  row.route === null || row.status === 503
    ? { route: row.route }
    : {
        route: row.route,
        upstream: row.upstream_path,
        prefix: row.x_forwarded_prefix === undefined ? undefined : toByteString(row.x_forwarded_prefix),
        captures: row.matched_captures ?? {},
      };

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type that is inferred for a megabyte of JSON is of no use
const rows = tables as unknown as Table[];

function replay(flavor: RouterFlavor, pick: (row: Case) => Expectation): void {
  for (const table of rows) {
    const router: Router<string> = createRouter(entriesOf(table), { flavor });
    it.each(table.cases)("$name", (row) => {
      expect(summary(router.match(requestOf(row.request)))).toEqual(expected(pick(row)));
    });
  }
}

describe("traditional_compatible answers as Kong does", () => {
  replay("traditional_compatible", (row) => row.expect);
});

describe("traditional answers as Kong does", () => {
  replay("traditional", (row) => row.expect_traditional ?? row.expect);
});

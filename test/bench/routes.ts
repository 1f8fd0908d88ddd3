import { HeaderList } from "../../core/http/headers.ts";
import type { RouteRequest } from "../../core/router/request.ts";
import type { RouterEntry, RouterRoute } from "../../core/router/route.ts";

let seed = 1;
/** The same numbers in each run. */
export const random = (below: number): number => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed % below;
};
const words = ["api", "v1", "v2", "users", "orders", "items", "search", "admin", "public", "files", "auth"];
const word = (): string => words[random(words.length)]!;
const token = (): string => random(2 ** 30).toString(36);

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Text as parsers hand it over: flat, not yet hashed by the engine. */
export const fresh = (text: string): string => decoder.decode(encoder.encode(text));

const service = { protocol: "http", host: "upstream.test", port: 80 };
export const idOf = (index: number): string =>
  `${index.toString(16).padStart(8, "0")}-0000-4000-8000-${(index * 7919).toString(16).padStart(12, "0")}`;

/** What routes of a table ask for. */
export type Shape = (index: number) => Partial<RouterRoute>;
export const shapes = {
  paths: () => ({ paths: [fresh(`/${word()}/${token()}/${word()}`)] }),
  hosts: () => ({ hosts: [fresh(`${token()}.example.test`)] }),
  hostsAndPaths: (index) => ({
    hosts: [fresh(`${index % 1000}.example.test`)],
    paths: [fresh(`/${word()}/${token()}`)],
  }),
  methodsAndPaths: () => ({
    methods: ["GET", "POST"],
    paths: [fresh(`/${word()}/${token()}/${word()}`)],
  }),
  headers: () => ({ paths: ["/"], headers: { "x-tenant": [token()] } }),
  regexes: () => ({ paths: [`~/${word()}/${token()}/\\d+`] }),
} satisfies Record<string, Shape>;

const pathIs = (): string => `http.path ^= "/${word()}/${token()}/${word()}" && http.method == "GET"`;

/** Expressions: of what the index shows, and with more to ask. */
export const expressionShapes = {
  expressions: () => ({ expression: pathIs(), priority: 1 }),
  "expressions, query": () => ({
    expression: `${pathIs()} && net.protocol == "http" && http.queries.q != "${token()}"`,
    priority: 1,
  }),
  "expressions, header": () => ({
    expression: `${pathIs()} && (http.headers.user_agent == "bench/1.0" || http.headers.user_agent == "${token()}")`,
    priority: 1,
  }),
  "expressions, regex": () => ({
    expression: `http.path ~ r#"^/${word()}/${token()}/(?<id>\\d+)"# && http.method == "GET"`,
    priority: 1,
  }),
} satisfies Record<string, Shape>;

export function table(count: number, shape: Shape): RouterEntry<number>[] {
  return Array.from({ length: count }, (_, index) => ({
    route: { id: idOf(index), protocols: ["http", "https"], strip_path: true, ...shape(index) },
    service,
    value: index,
  }));
}

function requestFor({ route }: RouterEntry<number>): RouteRequest {
  const written = route.expression?.split('"')[1]?.replace(/^\^(.*)\/\(.*/, "$1/1");
  const path = written ?? route.paths?.[0]?.replace(/^\/$/, "") ?? "";
  const target = path.startsWith("~") ? path.slice(1).replace("\\d+", "12345") : `${path}/${random(1e6)}?q=1`;
  const tenant = route.headers?.["x-tenant"]?.[0];
  const host = route.hosts?.[0] ?? "www.example.test";
  return {
    method: "GET",
    target: fresh(target),
    host: fresh(host),
    scheme: "http",
    sni: undefined,
    peerAddress: "10.0.0.1",
    peerPort: 40_000,
    localAddress: "10.0.0.2",
    localPort: 8000,
    headers: new HeaderList([
      "Host",
      host,
      "User-Agent",
      "bench/1.0",
      "Accept",
      "*/*",
      ...(tenant === undefined ? [] : ["X-Tenant", fresh(tenant)]),
    ]),
  };
}

/** Requests for routes of a table, drawn at random. */
export const requestsOf = (entries: readonly RouterEntry<number>[], count: number): RouteRequest[] =>
  Array.from({ length: count }, () => requestFor(entries[random(entries.length)]!));

import type { Asked } from "../support/client.ts";

type Text = string | RegExp;

export interface Case {
  /** A true sentence about the gateway. */
  readonly name: string;
  readonly asks: Asked;
  readonly status: number;
  /** Fields of the response; null for absent, a list for repeated lines. */
  readonly headers?: Readonly<Record<string, Text | null | readonly string[]>>;
  readonly body?: Text;
  /** What the upstream got; null when it must not be asked. */
  readonly upstream?: null | {
    readonly method?: string;
    readonly url?: string;
    readonly headers?: Readonly<Record<string, Text | null>>;
    readonly body?: string;
  };
  /** How often the upstream may be asked. */
  readonly tries?: readonly number[];
  /** Why the edge does otherwise, a heading of COMPATIBILITY.md. */
  readonly notAtEdge?: string;
}

const key = ["apikey", "ada-key"];
const problem = (message: string): RegExp =>
  new RegExp(`^\\{\n  "message":"${message}",\n  "request_id":"[0-9a-f]{32}"\n\\}$`);
const formBody = ["Content-Type", "application/x-www-form-urlencoded"];
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const routing: Case[] = [
  { name: "a prefix is stripped", asks: { path: "/open/a/b" }, status: 200, upstream: { url: "/a/b" } },
  { name: "the bare prefix becomes the root", asks: { path: "/open" }, status: 200, upstream: { url: "/" } },
  {
    name: "a prefix matches within a segment",
    asks: { path: "/opener" },
    status: 200,
    upstream: { url: "/er" },
  },
  {
    name: "a path is kept without strip_path",
    asks: { path: "/kept/a" },
    status: 200,
    upstream: { url: "/kept/a" },
  },
  {
    name: "the query passes untouched",
    asks: { path: "/open/?a=%20&b+c&a=%41" },
    status: 200,
    upstream: { url: "/?a=%20&b+c&a=%41" },
  },
  {
    name: "an escaped byte stays escaped where it must",
    asks: { path: "/open/a%20b%2Fc" },
    status: 200,
    upstream: { url: "/a%20b%2Fc" },
  },
  { name: "double slashes are merged", asks: { path: "/open//a" }, status: 200, upstream: { url: "/a" } },
  {
    name: "dot segments are resolved before matching",
    asks: { path: "/nowhere/../open/a" },
    status: 200,
    upstream: { url: "/a" },
  },
  {
    name: "a service's path comes first",
    asks: { path: "/based/x" },
    status: 200,
    upstream: { url: "/base/x" },
  },
  { name: "a regular expression matches", asks: { path: "/items/42" }, status: 200, upstream: { url: "/" } },
  { name: "a regular expression refuses", asks: { path: "/items/x" }, status: 404, upstream: null },
  { name: "a host matches", asks: { path: "/byhost", headers: ["Host", "api.test"] }, status: 200 },
  {
    name: "a host matches with a port",
    asks: { path: "/byhost", headers: ["Host", "api.test:8000"] },
    status: 200,
  },
  {
    name: "another host does not",
    asks: { path: "/byhost", headers: ["Host", "other.test"] },
    status: 404,
    upstream: null,
  },
  {
    name: "a wildcard host matches",
    asks: { path: "/byhost", headers: ["Host", "a.b.wild.test"] },
    status: 200,
  },
  {
    name: "a wildcard needs a label",
    asks: { path: "/byhost", headers: ["Host", "wild.test"] },
    status: 404,
    upstream: null,
  },
  {
    name: "a method matches",
    asks: { method: "DELETE", path: "/bymethod" },
    status: 200,
    upstream: { method: "DELETE" },
  },
  {
    name: "another method does not",
    asks: { method: "POST", path: "/bymethod", body: "" },
    status: 404,
    upstream: null,
  },
  { name: "a header matches", asks: { path: "/byheader", headers: ["X-Variant", "B"] }, status: 200 },
  {
    name: "another value does not",
    asks: { path: "/byheader", headers: ["X-Variant", "c"] },
    status: 404,
    upstream: null,
  },
  {
    name: "no route is 404 in JSON",
    asks: { path: "/nowhere" },
    status: 404,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "content-length": "103",
      server: /^sallyport\/\d/,
      via: null,
    },
    body: problem("no Route matched with those values"),
    upstream: null,
  },
  {
    name: "no route is 404 in HTML for browsers",
    asks: { path: "/nowhere", headers: ["Accept", "text/html,application/xhtml+xml,*/*;q=0.8"] },
    status: 404,
    headers: { "content-type": "text/html; charset=utf-8" },
    body: /<p>no Route matched with those values\.<\/p>/,
  },
  {
    name: "no route is 404 in plain text when asked",
    asks: { path: "/nowhere", headers: ["Accept", "text/plain"] },
    status: 404,
    body: /^no Route matched with those values\nrequest_id: [0-9a-f]{32}\n$/,
  },
  {
    name: "HEAD has the length and no body",
    asks: { method: "HEAD", path: "/nowhere" },
    status: 404,
    headers: { "content-length": "103" },
    body: "",
  },
  {
    name: "a route without a service is 503",
    asks: { path: "/serviceless" },
    status: 503,
    body: problem("no Service found with those values"),
  },
  { name: "a disabled service has no routes", asks: { path: "/off" }, status: 404, upstream: null },
  {
    name: "a route for https asks http clients to upgrade",
    asks: { path: "/secure" },
    status: 426,
    body: problem("Please use HTTPS protocol"),
    upstream: null,
  },
  {
    name: "or redirects them",
    asks: { path: "/moved-to-https?x=1", headers: ["Host", "h.test"] },
    status: 308,
    headers: { location: "https://h.test/moved-to-https?x=1" },
  },
];

const requests: Case[] = [
  {
    name: "the upstream is told who asked",
    asks: { path: "/open/x?y", headers: ["Host", "Api.Test:81", "X-Custom", "v"] },
    status: 200,
    upstream: {
      headers: {
        "x-forwarded-for": "127.0.0.1",
        "x-real-ip": "127.0.0.1",
        "x-forwarded-proto": "http",
        "x-forwarded-host": "api.test",
        "x-forwarded-path": "/open/x",
        "x-forwarded-prefix": "/open",
        "x-kong-request-id": /^[0-9a-f]{32}$/,
        "x-custom": "v",
        via: /^1\.1 sallyport\/\d/,
      },
    },
  },
  {
    name: "the upstream's own name is its Host",
    asks: { path: "/open", headers: ["Host", "client.test"] },
    status: 200,
    upstream: { headers: { host: /^127\.0\.0\.1:\d+$/ } },
  },
  {
    name: "an untrusted client's X-Forwarded-* are replaced",
    asks: {
      path: "/open",
      headers: ["X-Forwarded-Proto", "https", "X-Forwarded-Host", "evil.test", "X-Forwarded-Path", "/evil"],
    },
    status: 200,
    upstream: {
      headers: { "x-forwarded-proto": "http", "x-forwarded-host": "127.0.0.1", "x-forwarded-path": "/open" },
    },
  },
  {
    name: "X-Forwarded-For grows",
    asks: { path: "/open", headers: ["X-Forwarded-For", "203.0.113.7"] },
    status: 200,
    upstream: { headers: { "x-forwarded-for": "203.0.113.7, 127.0.0.1" } },
  },
  {
    name: "Via grows",
    asks: { path: "/open", headers: ["Via", "1.0 front"] },
    status: 200,
    upstream: { headers: { via: /^1\.0 front, 1\.1 sallyport\// } },
  },
  {
    name: "hop-by-hop fields end here",
    asks: {
      path: "/open",
      headers: [
        "Connection",
        "keep-alive, X-Listed",
        "X-Listed",
        "1",
        "Proxy-Connection",
        "x",
        "Keep-Alive",
        "timeout=1",
      ],
    },
    status: 200,
    upstream: { headers: { "x-listed": null, "proxy-connection": null, "keep-alive": null } },
    notAtEdge: "Connection is the platform's",
  },
  {
    name: "the Proxy field never passes",
    asks: { path: "/open", headers: ["Proxy", "http://evil.test"] },
    status: 200,
    upstream: { headers: { proxy: null } },
  },
  {
    name: "credentials for others pass",
    asks: { path: "/open", headers: ["Authorization", "Bearer x", "Cookie", "a=1"] },
    status: 200,
    upstream: { headers: { authorization: "Bearer x", cookie: "a=1" } },
  },
  {
    name: "TE other than trailers ends here",
    asks: { path: "/open", headers: ["TE", "gzip"] },
    status: 200,
    upstream: { headers: { te: null } },
  },
  {
    name: "a body passes with its length",
    asks: { method: "POST", path: "/open", body: "hello" },
    status: 200,
    upstream: { method: "POST", body: "hello", headers: { "content-length": "5" } },
  },
  {
    name: "a short chunked body gets its length",
    asks: { method: "POST", path: "/open", body: "hello", isChunked: true },
    status: 200,
    upstream: { body: "hello", headers: { "content-length": "5", "transfer-encoding": null } },
  },
  {
    name: "an empty body passes",
    asks: { method: "PUT", path: "/open", body: "" },
    status: 200,
    upstream: { method: "PUT", body: "", headers: { "content-length": "0" } },
  },
  {
    name: "a large body passes whole",
    asks: { method: "PUT", path: "/open", body: "x".repeat(300_000) },
    status: 200,
    upstream: { body: "x".repeat(300_000) },
  },
  {
    name: "DELETE may have a body",
    asks: { method: "DELETE", path: "/open", body: "{}" },
    status: 200,
    upstream: { method: "DELETE", body: "{}" },
  },
  {
    name: "OPTIONS passes",
    asks: { method: "OPTIONS", path: "/open" },
    status: 200,
    upstream: { method: "OPTIONS" },
  },
  {
    name: "PATCH passes",
    asks: { method: "PATCH", path: "/open", body: "p" },
    status: 200,
    upstream: { method: "PATCH", body: "p" },
  },
];

const responses: Case[] = [
  {
    name: "a response carries the gateway's fields",
    asks: { path: "/open" },
    status: 200,
    headers: {
      server: /^sallyport\/\d/,
      via: /^1\.1 sallyport\/\d/,
      "x-kong-upstream-latency": /^\d+$/,
      "x-kong-proxy-latency": /^\d+$/,
      "x-kong-request-id": /^[0-9a-f]{32}$/,
      "content-type": "application/json",
    },
    body: '{"url":"/"}',
  },
  {
    name: "the upstream's Server, Date and Via stay",
    asks: { path: "/open/server" },
    status: 200,
    headers: { server: "up/1", via: /^1\.1 inner, 1\.1 sallyport\//, date: "Thu, 01 Jan 2026 00:00:00 GMT" },
  },
  {
    name: "cookies stay apart",
    asks: { path: "/open/cookies" },
    status: 200,
    headers: { "set-cookie": ["a=1", "b=2; Path=/"] },
  },
  {
    name: "a chunked body passes whole",
    asks: { path: "/open/chunked" },
    status: 200,
    headers: { "content-type": "text/css", "content-length": null },
    body: "one two three",
  },
  {
    name: "a compressed body passes as it is",
    asks: { path: "/open/gzip", headers: ["Accept-Encoding", "gzip"] },
    status: 200,
    headers: { "content-encoding": "gzip" },
    body: /^\x1f\x8b/,
  },
  {
    name: "HTML gets a charset",
    asks: { path: "/open/html" },
    status: 200,
    headers: { "content-type": "text/html; charset=UTF-8" },
  },
  {
    name: "fields of the upstream's connection end here",
    asks: { path: "/open/hop" },
    status: 200,
    headers: { "x-gone": null, "x-stay": "1", "keep-alive": null },
    notAtEdge: "Connection is the platform's",
  },
  { name: "204 has no body", asks: { path: "/open/empty" }, status: 204, body: "" },
  {
    name: "304 has no body",
    asks: { path: "/open/not-modified" },
    status: 304,
    headers: { etag: '"x"' },
    body: "",
  },
  {
    name: "a redirect is the client's to follow",
    asks: { path: "/open/moved" },
    status: 302,
    headers: { location: "/elsewhere" },
  },
  {
    name: "HEAD of a resource has its length",
    asks: { method: "HEAD", path: "/open/large/5000" },
    status: 200,
    headers: { "content-length": "5000" },
    body: "",
  },
  {
    name: "a large body passes whole back",
    asks: { path: "/open/large/300000" },
    status: 200,
    headers: { "content-length": "300000" },
    body: "x".repeat(300_000),
  },
  {
    name: "an upstream's 500 passes and is final",
    asks: { path: "/open/status/500" },
    status: 500,
    body: "up",
    tries: [1],
  },
  {
    name: "an upstream's 503 passes and is final",
    asks: { path: "/open/status/503" },
    status: 503,
    body: "up",
    tries: [1],
  },
  {
    name: "an upstream's 404 passes",
    asks: { path: "/open/status/404" },
    status: 404,
    headers: { "x-up": "1" },
    body: "up",
  },
];

const failures: Case[] = [
  {
    name: "an upstream that is down is 502",
    asks: { path: "/dead", headers: ["Accept", "*/*"] },
    status: 502,
    headers: { via: /sallyport/, "x-kong-upstream-latency": /^\d+$/ },
    body: problem("An invalid response was received from the upstream server"),
  },
  {
    name: "an upstream that is down is told in plain text",
    asks: { path: "/dead" },
    status: 502,
    headers: { "content-type": "text/plain; charset=utf-8" },
  },
  {
    name: "an upstream that resets is asked once for each try",
    asks: { path: "/open/reset", headers: ["Accept", "*/*"] },
    status: 502,
    // One more when the first try went out on a connection that had been kept.
    tries: [6, 7],
    notAtEdge: "fetch repeats by itself",
  },
  {
    name: "a POST is not repeated",
    asks: { method: "POST", path: "/open/reset", body: "x" },
    status: 502,
    tries: [1],
  },
  {
    name: "an upstream that stays silent is 504",
    asks: { path: "/slow/silent", headers: ["Accept", "*/*"] },
    status: 504,
    body: problem("The upstream server is timing out"),
  },
];

const plugins: Case[] = [
  {
    name: "key-auth asks for a key",
    asks: { path: "/private" },
    status: 401,
    headers: { "www-authenticate": "Key", "x-kong-response-latency": /^\d+$/ },
    body: problem("No API key found in request"),
    upstream: null,
  },
  {
    name: "key-auth tells whose the key is, and hides it",
    asks: { path: "/private", headers: key },
    status: 200,
    upstream: { headers: { "x-consumer-username": "ada", "x-consumer-custom-id": "c-1", apikey: null } },
  },
  {
    name: "key-auth finds and hides keys in the query",
    asks: { path: "/private?a=1&apikey=ada-key" },
    status: 200,
    upstream: { url: "/?a=1", headers: { "x-consumer-username": "ada" } },
  },
  {
    name: "key-auth refuses unknown keys",
    asks: { path: "/private", headers: ["apikey", "x"] },
    status: 401,
    body: problem("Unauthorized"),
    upstream: null,
  },
  {
    name: "key-auth finds keys in a form",
    asks: { method: "POST", path: "/bodykey", headers: formBody, body: "apikey=ada-key&x=1" },
    status: 200,
    upstream: { body: "apikey=ada-key&x=1", headers: { "x-consumer-username": "ada" } },
  },
  {
    name: "key-auth lets anonymous clients pass where allowed",
    asks: { path: "/anyone" },
    status: 200,
    upstream: { headers: { "x-consumer-username": "guest", "x-anonymous-consumer": "true" } },
  },
  {
    name: "a consumer's own plugin applies",
    asks: { path: "/private", headers: ["apikey", "blocked-key"] },
    status: 403,
    body: '{"message":"you are blocked"}',
    upstream: null,
  },
  {
    name: "correlation-id gives an id both ways",
    asks: { path: "/correlated" },
    status: 200,
    headers: { "x-corr": uuid },
    upstream: { headers: { "x-corr": uuid } },
  },
  {
    name: "correlation-id keeps the client's",
    asks: { path: "/correlated", headers: ["X-Corr", "mine"] },
    status: 200,
    headers: { "x-corr": "mine" },
    upstream: { headers: { "x-corr": "mine" } },
  },
  {
    name: "response-transformer changes JSON",
    asks: { path: "/transformed/json" },
    status: 200,
    headers: { "x-added": "1" },
    body: '{"b":"x","c":"3"}',
  },
  {
    name: "response-transformer leaves other bodies alone",
    asks: { path: "/transformed/status/200" },
    status: 200,
    headers: { "x-added": "1", "x-up": null },
    body: "up",
  },
  {
    name: "request-termination answers with a message",
    asks: { path: "/stopped" },
    status: 403,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: '{"message":"no"}',
    upstream: null,
  },
  {
    name: "request-termination answers with a body",
    asks: { path: "/teapot" },
    status: 418,
    headers: { "content-type": "text/plain; charset=UTF-8" },
    body: "short",
  },
  {
    name: "request-termination needs no service",
    asks: { path: "/maintenance" },
    status: 503,
    body: '{"message":"back soon"}',
  },
  {
    name: "request-termination waits for its trigger",
    asks: { path: "/debug" },
    status: 200,
    body: '{"url":"/"}',
  },
  {
    name: "request-termination echoes",
    asks: { path: "/debug?q=1", headers: ["X-Debug", "1"] },
    status: 200,
    body: /"query":\{"q":"1"\}/,
    upstream: null,
  },
];

/** What both roots do, over real sockets. */
export const cases: readonly Case[] = [...routing, ...requests, ...responses, ...failures, ...plugins];

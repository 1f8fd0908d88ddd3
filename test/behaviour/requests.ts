import type { Case } from "./case.ts";

export const requests: readonly Case[] = [
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

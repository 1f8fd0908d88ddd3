import { describe, expect, test } from "vitest";
import { HeaderList } from "../http/headers.ts";
import { gatewayOn } from "../../testing/index.ts";

const document = (upstream: Record<string, unknown>, targets: string[] = ["10.0.0.1:81", "10.0.0.2:82"]) => ({
  services: [{ name: "s", host: "ups", routes: [{ name: "r", paths: ["/t", "~/c/(?<k>[^/]+)"] }] }],
  upstreams: [{ name: "ups", targets: targets.map((target) => ({ target })), ...upstream }],
  consumers: [{ username: "ada", keyauth_credentials: [{ key: "k" }] }],
});
const hostsAsked = ({ ports }: ReturnType<typeof gatewayOn>): string[] =>
  ports.transport.sent.map(({ address }) => address.host);

describe("an upstream entity", () => {
  test("takes its targets in turn", async () => {
    const all = gatewayOn(document({}));
    for (let i = 0; i < 4; i++) await all.client.send({ target: "/t" });
    expect(new Set(hostsAsked(all).slice(0, 2)).size).toBe(2);
    expect(hostsAsked(all).filter((host) => host === "10.0.0.1")).toHaveLength(2);
  });

  test("without targets is told as 503", async () => {
    const { client } = gatewayOn(document({}, []));
    const response = await client.send({ target: "/t" });
    expect([response.status, response.body]).toEqual([
      503,
      expect.stringContaining("failure to get a peer from the ring-balancer"),
    ]);
  });

  test("is asked for by its target's address, or by host_header", async () => {
    const plain = gatewayOn(document({}, ["10.0.0.1:81"]));
    await plain.client.send({ target: "/t" });
    const named = gatewayOn(document({ host_header: "virtual.test" }, ["10.0.0.1:81"]));
    await named.client.send({ target: "/t" });
    expect([plain, named].map(({ ports }) => ports.transport.sent[0]!.request.headers[1])).toEqual([
      "10.0.0.1:81",
      "virtual.test:81",
    ]);
  });

  test("is tried at another address when one fails", async () => {
    const all = gatewayOn(document({}));
    all.ports.transport.answer = (_, n) =>
      n === 0 ? { failure: "connect_refused", requestSent: false } : { status: 200 };
    expect((await all.client.send({ target: "/t" })).status).toBe(200);
    expect(new Set(hostsAsked(all)).size).toBe(2);
  });

  test("leaves an address out that failed too often, and tells so", async () => {
    const changes: unknown[] = [];
    const passive = { unhealthy: { http_failures: 1, http_statuses: [500] } };
    const all = gatewayOn(document({ healthchecks: { passive } }), {
      onHealthChange: (change) => changes.push(change),
    });
    all.ports.transport.answer = ({ address }) => ({ status: address.host === "10.0.0.1" ? 500 : 200 });
    for (let i = 0; i < 6; i++) await all.client.send({ target: "/t" });
    expect(hostsAsked(all).filter((host) => host === "10.0.0.1")).toHaveLength(1);
    expect(changes).toEqual([{ upstream: "ups", host: "10.0.0.1", port: 81, isHealthy: false }]);
  });

  test("believes what another worker noticed, across a change of the configuration", async () => {
    const all = gatewayOn(document({}));
    all.gateway.setHealth({ upstream: "ups", host: "10.0.0.1", port: undefined, isHealthy: false });
    all.configure(document({ slots: 2000 }));
    for (let i = 0; i < 3; i++) await all.client.send({ target: "/t" });
    expect(new Set(hostsAsked(all))).toEqual(new Set(["10.0.0.2"]));
  });
});

describe("consistent hashing goes by", () => {
  const ten = Array.from({ length: 10 }, (_, i) => `10.0.0.${i + 1}:80`);

  test.each([
    [
      "a header",
      { hash_on: "header", hash_on_header: "x-key" },
      (n: number) => ({ headers: [["X-Key", `v${n}`]] as const }),
    ],
    [
      "a query argument",
      { hash_on: "query_arg", hash_on_query_arg: "q" },
      (n: number) => ({ target: `/t?q=v${n}` }),
    ],
    ["the path", { hash_on: "path" }, (n: number) => ({ target: `/t/v${n}` })],
    [
      "a capture",
      { hash_on: "uri_capture", hash_on_uri_capture: "k" },
      (n: number) => ({ target: `/c/v${n}` }),
    ],
    [
      "a cookie",
      { hash_on: "cookie", hash_on_cookie: "ck" },
      (n: number) => ({ headers: [["Cookie", `a=1; ck=v${n}`]] as const }),
    ],
    ["the address", { hash_on: "ip" }, (n: number) => ({ connection: { peerAddress: `192.0.2.${n}` } })],
  ])("%s", async (_, upstream, request) => {
    const all = gatewayOn(document(upstream, ten));
    for (let n = 0; n < 20; n++)
      for (let again = 0; again < 2; again++) await all.client.send({ target: "/t", ...request(n) });
    const hosts = hostsAsked(all);
    expect(hosts.filter((host, i) => i % 2 === 1 && host !== hosts[i - 1])).toEqual([]);
    expect(new Set(hosts).size).toBeGreaterThan(4);
  });

  test("a cookie that a new client is given", async () => {
    const all = gatewayOn(document({ hash_on: "cookie", hash_on_cookie: "ck" }, ten));
    const first = await all.client.send({ target: "/t" });
    const cookie = first.headers.get("set-cookie")!;
    expect(cookie).toMatch(/^ck=[0-9a-f-]{36}; Path=\/; SameSite=Lax; HttpOnly$/);
    const again = await all.client.send({ target: "/t", headers: [["Cookie", cookie.split(";")[0]!]] });
    expect([again.headers.has("set-cookie"), new Set(hostsAsked(all)).size]).toEqual([false, 1]);
  });

  test("the fallback where the first finds nothing", async () => {
    const upstream = {
      hash_on: "header",
      hash_on_header: "x-key",
      hash_fallback: "query_arg",
      hash_fallback_query_arg: "q",
    };
    const all = gatewayOn(document(upstream, ten));
    for (let n = 0; n < 20; n++) await all.client.send({ target: `/t?q=${n}` });
    expect(new Set(hostsAsked(all)).size).toBeGreaterThan(4);
    expect(new HeaderList(all.ports.transport.sent[0]!.request.headers).has("x-key")).toBe(false);
  });
});

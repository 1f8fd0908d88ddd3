import { expect, test } from "vitest";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";

const traced = (config: Record<string, unknown> = {}, rest = {}): TestGateway =>
  gatewayOn(
    oneRoute(
      [
        { name: "zipkin", config: { sample_ratio: 1, http_endpoint: "http://zipkin.test/spans", ...config } },
        { name: "key-auth", config: { anonymous: "nobody" } },
      ],
      { consumers: [{ username: "nobody" }], ...rest },
    ),
  );

type Span = Record<string, unknown> & { tags: Record<string, string> };
const spans = async (all: TestGateway, ...headers: [string, string][]): Promise<Span[]> => {
  await all.client.send({ target: "/t/x?q=1", headers });
  return JSON.parse(all.ports.fetcher.sent.at(-1)!.body as string) as Span[];
};

test("an exchange, its way to the upstream and each try are spans of one trace", async () => {
  const [request, proxy, attempt] = await spans(traced({ traceid_byte_count: 8 }));
  expect(request).toMatchObject({
    kind: "SERVER",
    name: "GET",
    localEndpoint: { serviceName: "kong" },
    remoteEndpoint: { ipv4: "192.0.2.1", port: 40_000 },
    tags: { "http.method": "GET", "http.path": "/t/x", "http.status_code": "200", lc: "kong" },
  });
  expect(request!["traceId"]).toMatch(/^[0-9a-f]{16}$/);
  expect(proxy).toMatchObject({
    kind: "CLIENT",
    parentId: request!["id"],
    remoteEndpoint: { serviceName: "s" },
  });
  expect(attempt).toMatchObject({ parentId: request!["id"], tags: { "kong.balancer.try": "1" } });
});

test("spans carry static tags, the request's own, and the name that is asked for", async () => {
  const config = { static_tags: [{ name: "env", value: "test" }], http_span_name: "method_path" };
  const [request] = await spans(traced(config), ["Zipkin-Tags", "team=a; bad; x=1"]);
  expect(request).toMatchObject({ name: "GET /t/x", tags: { env: "test", team: "a", x: "1" } });
});

test("the time of phases is told by tags instead of annotations", async () => {
  const [, tagged] = await spans(traced({ phase_duration_flavor: "tags" }));
  expect(tagged!.tags["kong.access.duration_ms"]).toBe("0");
  expect(tagged).not.toHaveProperty("annotations");
  const [, annotated] = await spans(traced());
  expect(annotated!["annotations"]).toContainEqual({ value: "kas", timestamp: 1_700_000_000_000_000 });
});

test("a request decides whether it is recorded, else the ratio does", async () => {
  const all = traced();
  await all.client.send({ target: "/t", headers: [["b3", "0"]] });
  expect(all.ports.fetcher.sent).toEqual([]);
  const never = traced({ sample_ratio: 0 });
  await never.client.send({ target: "/t" });
  expect(never.ports.fetcher.sent).toEqual([]);
});

test.each([
  [
    "jaeger",
    "uber-trace-id",
    "000000000000000a:000000000000000b:0:1",
    /^000000000000000a:[0-9a-f]{16}:[0-9a-f]{16}:01$/,
  ],
  [
    "b3-single",
    "b3",
    "000000000000000a-000000000000000b-1",
    /^000000000000000a-[0-9a-f]{16}-1-[0-9a-f]{16}$/,
  ],
  ["gcp", "x-cloud-trace-context", `${"a".repeat(32)}/11;o=1`, /^a{32}\/\d+;o=1$/],
  [
    "aws",
    "x-amzn-trace-id",
    `Root=1-${"a".repeat(8)}-${"b".repeat(24)};Parent=${"c".repeat(16)};Sampled=1`,
    /^Root=1-a{8}-b{24};Parent=[0-9a-f]{16};Sampled=1$/,
  ],
  ["datadog", "x-datadog-trace-id", "10", /^10$/],
  ["w3c", "traceparent", `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, /^00-a{32}-[0-9a-f]{16}-01$/],
  ["ot", "ot-tracer-traceid", "000000000000000a", /^000000000000000a$/],
  ["instana", "x-instana-t", "000000000000000a", /^000000000000000a$/],
] as const)("%s goes on as it came", async (_, name, value, expected) => {
  const all = traced();
  const more: [string, string][] = [
    ["ot-tracer-spanid", "000000000000000b"],
    ["x-instana-s", "000000000000000b"],
  ];
  await all.client.send({ target: "/t", headers: [[name, value], ...more] });
  const { headers } = all.ports.transport.sent.at(-1)!.request;
  expect(headers[headers.findIndex((one) => one.toLowerCase() === name) + 1]).toMatch(expected);
});

test("spans have the names that are configured, and credentials only when they are asked for", async () => {
  const consumers = [
    { username: "ada", keyauth_credentials: [{ id: "4b1a2c9e-7a0e-4b0e-9a43-0e6f7b0c3a11", key: "k" }] },
  ];
  const config = { local_service_name: "edge", tags_header: "X-Tags" };
  const key: [string, string] = ["apikey", "k"];
  const [request] = await spans(traced(config, { consumers: [...consumers, { username: "nobody" }] }), key, [
    "X-Tags",
    "a=b",
  ]);
  expect(request).toMatchObject({
    localEndpoint: { serviceName: "edge" },
    tags: { a: "b", "kong.credential": "4b1a2c9e-7a0e-4b0e-9a43-0e6f7b0c3a11" },
  });
  const [other] = await spans(
    traced({ include_credential: false }, { consumers: [...consumers, { username: "nobody" }] }),
    key,
  );
  expect(other!.tags).not.toHaveProperty("kong.credential");
});

test("a service without a name is told by the default", async () => {
  const zipkin = {
    sample_ratio: 1,
    http_endpoint: "http://zipkin.test/spans",
    default_service_name: "unnamed",
  };
  const services = [
    {
      url: "http://upstream.test",
      routes: [{ paths: ["/t"] }],
      plugins: [{ name: "zipkin", config: zipkin }],
    },
  ];
  const [, proxy] = await spans(gatewayOn({ services }));
  expect(proxy).toMatchObject({ remoteEndpoint: { serviceName: "unnamed" } });
});

test("clients are told the trace, and the collector has the sum of the times", async () => {
  const times = { connect_timeout: 1, send_timeout: 20, read_timeout: 300 };
  const all = traced({ http_response_header_for_traceid: "X-Trace", ...times });
  const { headers } = await all.client.send({ target: "/t" });
  expect(headers.get("x-trace")).toMatch(/^[0-9a-f]{32}$/);
  expect(all.ports.fetcher.sent[0]!.timeoutMs).toBe(321);
});

test("spans wait for others as the queue is told", async () => {
  const all = traced({ queue: { max_batch_size: 2, max_coalescing_delay: 60 } });
  await all.client.send({ target: "/t" });
  expect(all.ports.fetcher.sent).toEqual([]);
  await all.client.send({ target: "/t" });
  expect(all.ports.fetcher.sent).toHaveLength(1);
  expect(JSON.parse(all.ports.fetcher.sent[0]!.body as string)).toHaveLength(6);
});

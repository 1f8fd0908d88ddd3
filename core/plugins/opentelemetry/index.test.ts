import { expect, test } from "vitest";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";
import type { GatewayOptions } from "../../index.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

const traced = (
  config: Record<string, unknown> = {},
  tracing: NonNullable<GatewayOptions["tracing"]> = { isOn: true, samplingRate: 1 },
): TestGateway => {
  const full = {
    traces_endpoint: "http://collector.test/v1/traces",
    queue: { max_batch_size: 1 },
    ...config,
  };
  return gatewayOn(oneRoute([{ name: "opentelemetry", config: full }], {}, {}, { retries: 0 }), { tracing });
};

const told = async (all: TestGateway, parent?: string): Promise<string> => {
  const headers: [string, string][] = parent === undefined ? [] : [["traceparent", parent]];
  await all.client.send({ target: "/t", headers });
  const { headers: sent } = all.ports.transport.sent.at(-1)!.request;
  return sent[sent.findIndex((name) => name.toLowerCase() === "traceparent") + 1]!;
};

test("the caller's trace goes on with a span of its own", async () => {
  const all = traced();
  expect(await told(all, traceparent)).toMatch(
    /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad)[0-9a-f]{16}-01$/,
  );
  expect(all.ports.fetcher.sent[0]).toMatchObject({ method: "POST", url: "http://collector.test/v1/traces" });
});

test("without tracing_instrumentations traces pass, and nothing is recorded", async () => {
  const all = traced({}, { isOn: false, samplingRate: 1 });
  expect(await told(all, traceparent)).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/);
  expect(all.ports.fetcher.sent).toEqual([]);
});

test.each([
  ["a caller that records not decides", {}, traceparent.replace(/1$/, "0"), "00"],
  ["a caller's yes is only a maybe", { sampling_rate: 0 }, traceparent, "00"],
])("%s", async (_, config, parent, flags) => {
  expect((await told(traced(config), parent)).slice(-2)).toBe(flags);
});

test("clients are told the trace where it is configured", async () => {
  const all = traced({ http_response_header_for_traceid: "X-Trace" });
  const { headers } = await all.client.send({ target: "/t", headers: [["traceparent", traceparent]] });
  expect(headers.get("x-trace")).toBe("0af7651916cd43dd8448eb211c80319c");
});

test("the gateway's log is sent while the configuration is in use, and not after", async () => {
  const config = { traces_endpoint: null, logs_endpoint: "http://collector.test/v1/logs" };
  const all = traced(config);
  all.ports.transport.answer = () => ({ failure: "connect_refused" });
  await all.client.send({ target: "/t" });
  const count = all.ports.fetcher.sent.length;
  expect(all.ports.fetcher.sent[0]!.url).toBe("http://collector.test/v1/logs");
  all.configure(oneRoute());
  await all.client.send({ target: "/t" });
  expect(all.ports.fetcher.sent).toHaveLength(count);
});

test("attributes of the resource go with each span", async () => {
  const all = traced({ resource_attributes: { team: "tea-drinkers" } });
  await told(all);
  expect(new TextDecoder().decode(all.ports.fetcher.sent[0]!.body as Uint8Array)).toContain("tea-drinkers");
});

test("an endpoint by its old name is asked, within the sum of the times", async () => {
  const times = { connect_timeout: 1, send_timeout: 20, read_timeout: 300 };
  const plugin = {
    name: "opentelemetry",
    config: { endpoint: "http://old.test/", queue: { max_batch_size: 1 }, ...times },
  };
  const all = gatewayOn(oneRoute([plugin]), { tracing: { isOn: true, samplingRate: 1 } });
  await all.client.send({ target: "/t" });
  expect(all.ports.fetcher.sent[0]).toMatchObject({ url: "http://old.test/", timeoutMs: 321 });
});

test("collectors are sent further headers", async () => {
  const all = traced({ headers: { "X-Key": "k" } });
  await all.client.send({ target: "/t" });
  expect(all.ports.fetcher.sent[0]!.headers).toContainEqual(["X-Key", "k"]);
});

test.each([
  ["the queue", { queue: { max_batch_size: 4, max_coalescing_delay: 60 } }],
  ["the old names of it", { batch_span_count: 4, batch_flush_delay: 60, queue: {} }],
])("spans wait for others as %s says", async (_, config) => {
  const all = traced(config);
  await all.client.send({ target: "/t" });
  await all.ports.timers.advance(30_000);
  expect(all.ports.fetcher.sent).toEqual([]);
  await all.client.send({ target: "/t" });
  expect(all.ports.fetcher.sent).toHaveLength(1);
});

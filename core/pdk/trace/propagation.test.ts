import { describe, expect, test } from "vitest";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";

type Told = [title: string, config: object, names: string[]];

const plugins: [name: string, config: object, own: string, old: Told[]][] = [
  [
    "zipkin",
    { sample_ratio: 1, http_endpoint: "http://zipkin.test/spans" },
    "x-b3-traceid",
    [
      ["the old default", { default_header_type: "w3c" }, ["traceparent"]],
      ["the old type beside it", { header_type: "jaeger" }, ["uber-trace-id", "x-b3-traceid"]],
    ],
  ],
  [
    "opentelemetry",
    { traces_endpoint: "http://collector.test/v1/traces" },
    "traceparent",
    [["the old type beside it", { header_type: "jaeger" }, ["traceparent", "uber-trace-id"]]],
  ],
];

const kept = "0af7651916cd43dd8448eb211c80319c";
const w3c: [string, string] = ["traceparent", `00-${kept}-b7ad6b7169203331-01`];
const known = ["ot-tracer-traceid", "traceparent", "uber-trace-id", "x-b3-traceid"];

describe.each(plugins)("%s", (name, base, own, old) => {
  const traced = (config: object): TestGateway =>
    gatewayOn(oneRoute([{ name, config: { ...base, ...config } }]), {
      tracing: { isOn: true, samplingRate: 1 },
    });
  const sent = async (config: object, ...headers: [string, string][]): Promise<Map<string, string>> => {
    const all = traced(config);
    await all.client.send({ target: "/t", headers });
    const { headers: flat } = all.upstream.sent[0]!.request;
    return new Map(flat.flatMap((field, i) => (i % 2 === 0 ? [[field.toLowerCase(), flat[i + 1]!]] : [])));
  };

  test.each<Told>([
    ["its own format by default", {}, [own]],
    ["the default format", { propagation: { default_format: "jaeger" } }, ["uber-trace-id"]],
    [
      "what is to be injected",
      { propagation: { inject: ["ot", "w3c"] } },
      ["ot-tracer-traceid", "traceparent"],
    ],
    ...old,
  ])("tells upstreams the trace in %s", async (_, config, names) => {
    const headers = await sent(config);
    expect(known.filter((one) => headers.has(one))).toEqual(names);
  });

  test.each([
    ["looked for", { extract: ["w3c"], inject: ["b3"] }, true],
    ["not looked for", { extract: ["b3"], inject: ["b3"] }, false],
  ])("takes up a trace where it is %s", async (_, propagation, isTaken) => {
    expect((await sent({ propagation }, w3c)).get("x-b3-traceid") === kept).toBe(isTaken);
  });

  test("passes no headers on that are to be cleared", async () => {
    const propagation = { extract: ["w3c"], clear: ["traceparent"], inject: ["b3"] };
    expect((await sent({ propagation }, w3c)).has("traceparent")).toBe(false);
  });
});

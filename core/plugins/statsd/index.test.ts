import { describe, expect, test } from "vitest";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";

const served = async (config: Record<string, unknown>, target = "/t"): Promise<TestGateway> => {
  const plugins = [{ name: "key-auth" }];
  const consumers = [{ username: "ada", custom_id: "c.1", keyauth_credentials: [{ key: "k" }] }];
  const all = gatewayOn(
    oneRoute(plugins, { consumers, plugins: [{ name: "statsd", config }] }, {}, { name: "s.v" }),
  );
  await all.client.send({ target, headers: [["apikey", "k"]] });
  await all.ports.timers.advance(2_000);
  return all;
};
const sent = async (config: Record<string, unknown> = {}, target?: string): Promise<string[]> =>
  (await served(config, target)).ports.sockets.datagrams.map(({ text }) => text);
const count = { name: "request_count", stat_type: "counter", sample_rate: 1 };

test("the server is told twelve metrics of an exchange", async () => {
  const lines = await sent();
  const workspace = "0dc6f45b-8f8d-40d2-a504-473544ee190b";
  const names = lines
    .map((line) => line.replace(/:[^:]*$/, ""))
    .map((name) => name.replace("kong.service.s_v.", ""));
  expect(names.slice(0, 11)).toEqual([
    "request.count",
    "latency",
    "request.size",
    "status.200",
    "response.size",
    "user.uniques",
    "user.c_1.request.count",
    "upstream_latency",
    "kong_latency",
    "user.c_1.status.200",
    `workspace.${workspace}.status.200`,
  ]);
  expect(names[11]).toMatch(/^kong\.route\.[0-9a-f-]{36}\.user\.c_1\.status\.200$/);
  expect(lines[0]).toBe("kong.service.s_v.request.count:1|c");
  expect(lines[5]).toBe("kong.service.s_v.user.uniques:c_1|s");
  expect(lines[1]).toMatch(/:\d+\|ms$/);
});

describe("it is told", () => {
  test("at its host and port", async () => {
    const { ports } = await served({ host: "st.test", port: 9, metrics: [count] });
    expect(ports.sockets.datagrams).toEqual([
      { host: "st.test", port: 9, text: "kong.service.s_v.request.count:1|c" },
    ]);
  });

  test("under a prefix, with the node's name", async () => {
    const config = { prefix: "p", hostname_in_prefix: true, metrics: [count] };
    expect(await sent(config)).toEqual(["p.test.service.s_v.request.count:1|c"]);
  });

  test("of requests that match nothing", async () => {
    expect(await sent({ metrics: [count] }, "/nowhere")).toEqual(["kong.global.unmatched.request.count:1|c"]);
  });

  test.each([
    ["service_id", /service\.[0-9a-f-]{36}\./],
    ["service_name", /service\.s_v\./],
    ["service_host", /service\.upstream_test\./],
  ])("services by %s", async (by, pattern) => {
    expect((await sent({ service_identifier_default: by, metrics: [count] }))[0]).toMatch(pattern);
    expect((await sent({ metrics: [{ ...count, service_identifier: by }] }))[0]).toMatch(pattern);
  });

  test.each([
    ["consumer_id", /:[0-9a-f-]{36}\|s/],
    ["username", /:ada\|s/],
  ])("consumers by %s", async (by, pattern) => {
    const users = { name: "unique_users", stat_type: "set" };
    expect((await sent({ consumer_identifier_default: by, metrics: [users] }))[0]).toMatch(pattern);
    expect((await sent({ metrics: [{ ...users, consumer_identifier: by }] }))[0]).toMatch(pattern);
  });

  test("workspaces by name", async () => {
    const metric = { ...count, name: "status_count_per_workspace" };
    const line = "kong.service.s_v.workspace.default.status.200:1|c";
    expect(await sent({ workspace_identifier_default: "workspace_name", metrics: [metric] })).toEqual([line]);
    expect(await sent({ metrics: [{ ...metric, workspace_identifier: "workspace_name" }] })).toEqual([line]);
  });

  test("nothing of statuses that are not allowed", async () => {
    expect(await sent({ allow_status_codes: ["400-499", "500-599"] })).toEqual([]);
    expect(await sent({ allow_status_codes: ["200-299"], metrics: [count] })).toHaveLength(1);
  });

  test("several metrics in a datagram, up to its size", async () => {
    const config = { udp_packet_size: 80, metrics: [count, count, count] };
    expect((await sent(config)).map((text) => text.split("\n").length)).toEqual([2, 1]);
  });

  test("by TCP, a line each", async () => {
    const { ports } = await served({ use_tcp: true, metrics: [count, count] });
    const line = "kong.service.s_v.request.count:1|c\n";
    expect(ports.sockets.streams.map(({ text }) => text)).toEqual([line + line]);
  });

  test("a part of requests, and which", async () => {
    expect((await sent({ metrics: [{ ...count, sample_rate: 0.99 }] }))[0]).toMatch(/\|c\|@0.99$/);
  });

  test("in batches, by old names too", async () => {
    const all = gatewayOn(
      oneRoute([{ name: "statsd", config: { queue_size: 2, flush_timeout: 50, metrics: [count] } }]),
    );
    await all.client.send({ target: "/t" });
    expect(all.ports.sockets.datagrams).toEqual([]);
    await all.client.send({ target: "/t" });
    await expect.poll(() => all.ports.sockets.datagrams.length).toBe(2);
  });

  test("the room in the counters' zone, once a minute", async () => {
    const all = await served({ metrics: [{ ...count, name: "shdict_usage", stat_type: "gauge" }] });
    await all.ports.timers.advance(60_000);
    const zone = "kong.node.test.shdict.kong_rate_limiting_counters";
    expect(all.ports.sockets.datagrams.map(({ text }) => text.split(":")[0])).toEqual([
      `${zone}.free_space`,
      `${zone}.capacity`,
    ]);
  });
});

test.each([
  [
    "dogstatsd",
    /^kong\.request\.count:1\|c\|#service:s_v,route:r,workspace:[^,]*,consumer:c_1,node:test,status:200$/,
  ],
  ["influxdb", /^kong\.request\.count,service=s_v,route=r,.*status=200:1\|c$/],
  ["librato", /^kong\.request\.count#service=s_v,route=r,.*status=200:1\|c$/],
  ["signalfx", /^kong\.request\.count\[service=s_v,route=r,.*status=200\]:1\|c$/],
])("tags are those of %s", async (tag_style, pattern) => {
  expect((await sent({ tag_style }))[0]).toMatch(pattern);
});

test.each([
  [{ name: "request_count", stat_type: "counter" }, "sample_rate"],
  [{ name: "unique_users", stat_type: "timer" }, "stat_type"],
])("%j is refused", async (metric, field) => {
  await expect(sent({ metrics: [metric] })).rejects.toThrow(field);
});

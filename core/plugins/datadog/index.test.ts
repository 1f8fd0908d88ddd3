import { expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

const sent = async (config: Record<string, unknown> = {}): Promise<string[]> => {
  const plugins = [{ name: "key-auth" }, { name: "datadog", config }];
  const consumers = [{ username: "ada", custom_id: "c-1", keyauth_credentials: [{ key: "k" }] }];
  const all = gatewayOn(oneRoute(plugins, { consumers }));
  await all.client.send({ target: "/t", headers: [["apikey", "k"]] });
  await all.ports.timers.advance(2_000);
  return all.ports.sockets.datagrams.map(({ host, port, text }) => `${host}:${port} ${text}`);
};

test("the agent is told six metrics of an exchange", async () => {
  const lines = await sent();
  expect(lines).toHaveLength(6);
  expect(lines[0]).toBe("localhost:8125 kong.request.count:1|c|#name:s,status:200,consumer:c-1,app:kong");
  expect(lines.map((line) => line.split(/[ :|]/)[2])).toEqual([
    "kong.request.count",
    "kong.latency",
    "kong.request.size",
    "kong.response.size",
    "kong.upstream_latency",
    "kong.kong_latency",
  ]);
});

test("names, tags, types and the agent are what is configured", async () => {
  const lines = await sent({
    host: "dd.test",
    port: 9,
    prefix: "p",
    service_name_tag: "svc",
    status_tag: "st",
    consumer_tag: "who",
    metrics: [
      { name: "request_count", stat_type: "distribution", tags: ["a:b"], consumer_identifier: "username" },
    ],
  });
  expect(lines).toEqual(["dd.test:9 p.request.count:1|d|#svc:s,st:200,who:ada,a:b"]);
});

test("a sample rate leaves some out, and says so", async () => {
  const metric = { name: "request_count", stat_type: "counter" };
  expect(await sent({ metrics: [{ ...metric, sample_rate: 0 }] })).toEqual([]);
  expect((await sent({ metrics: [{ ...metric, sample_rate: 0.99 }] }))[0]).toContain("|c|@0.99|#");
});

test("a counter needs a sample rate", async () => {
  await expect(sent({ metrics: [{ name: "request_count", stat_type: "counter" }] })).rejects.toThrow(
    "sample_rate",
  );
});

test("metrics wait for a batch by its old name", async () => {
  const metric = { name: "request_count", stat_type: "counter", sample_rate: 1 };
  const config = { queue_size: 2, flush_timeout: 50, metrics: [metric] };
  const all = gatewayOn(oneRoute([{ name: "datadog", config }]));
  await all.client.send({ target: "/t" });
  expect(all.ports.sockets.datagrams).toEqual([]);
  await all.client.send({ target: "/t" });
  await expect.poll(() => all.ports.sockets.datagrams.length).toBe(2);
});

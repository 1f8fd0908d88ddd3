import { expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

test("each exchange is a line on one connection, which ends with the configuration", async () => {
  const config = {
    host: "logs.test",
    port: 7,
    tls: true,
    tls_sni: "sni.test",
    custom_fields_by_lua: { a: "return 1" },
  };
  const all = gatewayOn(oneRoute([{ name: "tcp-log", config }]));
  await all.client.send({ target: "/t/1" });
  await all.client.send({ target: "/t/2" });
  const [stream] = all.ports.sockets.streams;
  expect(stream!.target).toEqual({
    host: "logs.test",
    port: 7,
    timeoutMs: 10_000,
    keepAliveMs: 60_000,
    tls: { serverName: "sni.test" },
  });
  const records = stream!.text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(records.map(({ upstream_uri, a }) => [upstream_uri, a])).toEqual([
    ["/1", 1],
    ["/2", 1],
  ]);
  all.configure(oneRoute());
  expect([all.ports.sockets.streams.length, stream!.isClosed]).toEqual([1, true]);
});

test("how long it waits, and keeps an idle connection, is what is configured", async () => {
  const config = { host: "logs.test", port: 7, timeout: 5, keepalive: 6 };
  const all = gatewayOn(oneRoute([{ name: "tcp-log", config }]));
  await all.client.send({ target: "/t" });
  expect(all.ports.sockets.streams[0]!.target).toMatchObject({
    timeoutMs: 5,
    keepAliveMs: 6,
    tls: undefined,
  });
});

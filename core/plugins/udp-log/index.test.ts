import { expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

test("each exchange is a datagram", async () => {
  const config = { host: "logs.test", port: 7, custom_fields_by_lua: { request: "return nil" } };
  const all = gatewayOn(oneRoute([{ name: "udp-log", config }]));
  await all.client.send({ target: "/t/1" });
  const [{ host, port, text }] = all.ports.sockets.datagrams as [
    { host: string; port: number; text: string },
  ];
  expect([host, port]).toEqual(["logs.test", 7]);
  expect(JSON.parse(text)).toMatchObject({ upstream_uri: "/1", response: { status: 200 } });
  expect(JSON.parse(text)).not.toHaveProperty("request");
});

test("a platform without sockets refuses the configuration", () => {
  const document = oneRoute([{ name: "udp-log", config: { host: "logs.test", port: 7 } }]);
  expect(() => gatewayOn(document, { ports: { sockets: undefined } })).toThrow("no sockets");
});

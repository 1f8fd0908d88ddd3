import { expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

const sent = async (config: Record<string, unknown>, status = 200) => {
  const all = gatewayOn(oneRoute([{ name: "loggly", config: { key: "k", ...config } }]));
  all.ports.transport.answer = () => ({ status });
  await all.client.send({ target: "/t" });
  return all.ports.sockets.datagrams;
};

test("each exchange is a syslog message with the key and the tags", async () => {
  const [datagram] = await sent({ tags: ["a", "b"], custom_fields_by_lua: { x: "return 'y'" } });
  expect(datagram).toMatchObject({ host: "logs-01.loggly.com", port: 514 });
  expect(datagram!.text).toMatch(
    /^<14>1 2023-11-14T22:13:20\.000Z test kong - - \[k@41058 tag="a" tag="b"\] \{.*"x":"y"\}$/,
  );
});

test.each([
  ["successful_severity", 200, "debug", "<15>"],
  ["client_errors_severity", 404, "warning", "<12>"],
  ["server_errors_severity", 500, "emerg", "<8>"],
])("%s tells the importance of %d", async (field, status, severity, head) => {
  const [datagram] = await sent({ [field]: severity, log_level: "debug", host: "l.test", port: 5 }, status);
  expect([datagram!.host, datagram!.port, datagram!.text.split("1 ", 1)[0]]).toEqual(["l.test", 5, head]);
});

test("what is less important than log_level is not sent", async () => {
  expect(await sent({ log_level: "err" })).toEqual([]);
});

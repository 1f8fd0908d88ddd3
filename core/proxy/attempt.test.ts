import { describe, expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../testing/index.ts";

describe("an upstream that fails", () => {
  test.each([
    ["connect_refused", 502, "An invalid response was received from the upstream server"],
    ["connection_closed", 502, "An invalid response was received from the upstream server"],
    ["invalid_response", 502, "An invalid response was received from the upstream server"],
    ["tls_failed", 502, "An invalid response was received from the upstream server"],
    ["connect_timeout", 504, "The upstream server is timing out"],
    ["read_timeout", 504, "The upstream server is timing out"],
    ["write_timeout", 504, "The upstream server is timing out"],
    ["name_not_resolved", 503, "name resolution failed"],
  ] as const)("by %s is told as %i", async (failure, status, message) => {
    const { client, ports } = gatewayOn(oneRoute([], {}, {}, { retries: 0 }));
    ports.transport.answer = () => ({ failure });
    const response = await client.send({ target: "/t", headers: [["Accept", "*/*"]] });
    expect(response.status).toBe(status);
    expect(JSON.parse(response.body)).toMatchObject({ message });
  });

  test("is told in plain text to clients that accept nothing in particular", async () => {
    const { client, ports } = gatewayOn(oneRoute([], {}, {}, { retries: 0 }));
    ports.transport.answer = () => ({ failure: "connect_refused" });
    const response = await client.send({ target: "/t" });
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  });

  test("is told to gRPC clients in JSON", async () => {
    const { client, ports } = gatewayOn(oneRoute([], {}, {}, { retries: 0 }));
    ports.transport.answer = () => ({ failure: "connect_refused" });
    const response = await client.send({ target: "/t", headers: [["Content-Type", "application/grpc"]] });
    expect(response.body).toBe('{"message":"An invalid response was received from the upstream server"}');
  });

  test("is asked once more for each retry of a service", async () => {
    const { client, ports } = gatewayOn(oneRoute());
    ports.transport.answer = () => ({ failure: "connection_closed" });
    expect((await client.send({ target: "/t" })).status).toBe(502);
    expect(ports.transport.sent).toHaveLength(6);
  });

  test("and then works answers the client as if nothing had been", async () => {
    const { client, ports, finished } = gatewayOn(oneRoute());
    ports.transport.answer = (_, n) => (n === 0 ? { failure: "connection_closed" } : { body: "ok" });
    expect((await client.send({ target: "/t" })).body).toBe("ok");
    expect(finished[0]!.tries!.map(({ state, status }) => [state, status])).toEqual([
      ["failed", 502],
      [undefined, 200],
    ]);
  });

  test.each(["POST", "PATCH", "LOCK"])("is not asked again for a %s that was sent", async (method) => {
    const { client, ports } = gatewayOn(oneRoute());
    ports.transport.answer = () => ({ failure: "connection_closed" });
    await client.send({ method, target: "/t", body: "x" });
    expect(ports.transport.sent).toHaveLength(1);
  });

  test("gets the same body again with a PUT", async () => {
    const { client, ports } = gatewayOn(oneRoute());
    ports.transport.answer = (_, n) => (n === 0 ? { failure: "connection_closed" } : { status: 200 });
    await client.send({ method: "PUT", target: "/t", body: "the body" });
    expect(ports.transport.sent.map(({ body }) => body)).toEqual(["the body", "the body"]);
  });

  test("by breaking HTTP is not asked again", async () => {
    const { client, ports } = gatewayOn(oneRoute());
    ports.transport.answer = () => ({ failure: "invalid_response" });
    await client.send({ target: "/t" });
    expect(ports.transport.sent).toHaveLength(1);
  });
});

describe("an upstream's error status", () => {
  test.each([500, 502, 503, 504])("%i passes as it is", async (status) => {
    const { client, ports } = gatewayOn(oneRoute());
    ports.transport.answer = () => ({ status, body: "up" });
    const response = await client.send({ target: "/t" });
    expect([response.status, response.body, ports.transport.sent.length]).toEqual([status, "up", 1]);
  });
});

describe("what a service says", () => {
  test("decides address, path and time limits of a try", async () => {
    const { client, ports } = gatewayOn(
      oneRoute(
        [],
        {},
        {},
        { url: "http://a.test:81/base", connect_timeout: 1, write_timeout: 2, read_timeout: 3 },
      ),
    );
    await client.send({ target: "/t/x?q=%20" });
    const [{ address, request }] = ports.transport.sent as [(typeof ports.transport.sent)[number]];
    expect(address).toEqual({ host: "a.test", port: 81, tls: undefined });
    expect(request).toMatchObject({
      target: "/base/x?q=%20",
      connectTimeoutMs: 1,
      writeTimeoutMs: 2,
      readTimeoutMs: 3,
    });
  });

  test("with https gives each try the same TLS terms, under the name that is asked for", async () => {
    const { client, ports } = gatewayOn(oneRoute([], {}, {}, { url: "https://a.test", tls_verify: true }));
    await client.send({ target: "/t" });
    await client.send({ target: "/t" });
    const [first, second] = ports.transport.sent.map(({ address }) => address.tls);
    expect(first).toMatchObject({ serverName: "a.test", verify: true });
    expect(second).toBe(first);
  });

  test("with preserve_host asks for the client's host, by TLS too", async () => {
    const { client, ports } = gatewayOn(oneRoute([], {}, { preserve_host: true }, { url: "https://a.test" }));
    await client.send({ target: "/t", headers: [["Host", "Mine.test:1"]] });
    const [{ address, request }] = ports.transport.sent as [(typeof ports.transport.sent)[number]];
    expect(address.tls?.serverName).toBe("mine.test");
    expect(request.headers.slice(0, 2)).toEqual(["Host", "Mine.test:1"]);
  });
});

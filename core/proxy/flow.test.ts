import { describe, expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../testing/index.ts";
import { BodyTooLargeError } from "../http/bodies.ts";
import type { Exchange } from "../pdk/index.ts";
import { probePlugin } from "../../test/support/probe.ts";

describe("an exchange", () => {
  test("goes through the phases in order, then to the log", async () => {
    const { calls, plugin } = probePlugin("probe");
    const { client } = gatewayOn(oneRoute([], { plugins: [{ name: "probe" }] }), { extraPlugins: [plugin] });
    await client.send({ target: "/t" });
    expect(calls).toEqual(["rewrite", "access", "headerFilter", "bodyFilter", "log"]);
  });

  test("without a route is answered with 404 and runs global filters and logs", async () => {
    const { calls, plugin } = probePlugin("probe");
    const { client } = gatewayOn({ plugins: [{ name: "probe" }] }, { extraPlugins: [plugin] });
    const response = await client.send({ target: "/nowhere" });
    expect(response.status).toBe(404);
    expect(JSON.parse(response.body)).toMatchObject({ message: "no Route matched with those values" });
    expect(calls).toEqual(["rewrite", "headerFilter", "bodyFilter", "log"]);
  });

  test("on a route without a service is answered with 503", async () => {
    const { client } = gatewayOn({ routes: [{ name: "r", paths: ["/t"] }] });
    const response = await client.send({ target: "/t" });
    expect(response.status).toBe(503);
    expect(JSON.parse(response.body)).toMatchObject({ message: "no Service found with those values" });
  });

  test("on the route of a disabled service finds no route", async () => {
    const { client } = gatewayOn(oneRoute([], {}, {}, { enabled: false }));
    expect((await client.send({ target: "/t" })).status).toBe(404);
  });

  test.each([
    ["grpc", "/t/Call?x"],
    ["grpcs", "/t/Call?x"],
    ["http", "/Call?x"],
  ])("with a service of %s calls %s, whatever the route strips", async (protocol, target) => {
    const { client, ports } = gatewayOn(oneRoute([], {}, {}, { url: `${protocol}://up.test` }));
    await client.send({ target: "/t/Call?x" });
    expect(ports.transport.sent[0]!.request.target).toBe(target);
  });

  test("waits for a phase that returns a promise", async () => {
    const { calls, plugin } = probePlugin("slow", { access: () => Promise.resolve().then(() => undefined) });
    const { client, ports } = gatewayOn(oneRoute([{ name: "slow" }]), { extraPlugins: [plugin] });
    const response = await client.send({ target: "/t" });
    expect([response.status, ports.transport.sent.length]).toEqual([200, 1]);
    expect(calls).toContain("log");
  });

  test("is told to the observer with its status and source", async () => {
    const { client, finished } = gatewayOn(oneRoute());
    await client.send({ target: "/t" });
    expect(finished.map(({ response }) => [response.status, response.source])).toEqual([[200, "service"]]);
  });

  test("keeps the configuration that it began with", async () => {
    let release = (): void => undefined;
    const wait = new Promise<void>((resolve) => (release = resolve));
    const { plugin } = probePlugin("slow", { access: () => wait });
    const { client, ports, configure } = gatewayOn(oneRoute([{ name: "slow" }]), { extraPlugins: [plugin] });
    const response = client.send({ target: "/t" });
    configure({});
    release();
    expect((await response).status).toBe(200);
    expect(ports.transport.sent).toHaveLength(1);
    expect((await client.send({ target: "/t" })).status).toBe(404);
  });
});

describe("a plugin that answers by itself", () => {
  test("skips later access handlers but no filter and no log", async () => {
    const first = probePlugin("first", { access: (exchange) => exchange.exit(418, "tea") }, 20);
    const second = probePlugin("second", {}, 10);
    const { client, ports } = gatewayOn(oneRoute([{ name: "first" }, { name: "second" }]), {
      extraPlugins: [first.plugin, second.plugin],
    });
    const response = await client.send({ target: "/t" });
    expect([response.status, response.body, ports.transport.sent.length]).toEqual([418, "tea", 0]);
    expect(second.calls).toEqual(["headerFilter", "bodyFilter", "log"]);
  });

  test("collects later configurations with the consumer known so far", async () => {
    const guard = probePlugin("guard", { access: (exchange) => exchange.error(403) }, 20);
    const late = probePlugin("late", {}, 10);
    const { client } = gatewayOn(
      oneRoute([{ name: "key-auth" }, { name: "guard" }], {
        consumers: [{ username: "ada", keyauth_credentials: [{ key: "k" }], plugins: [{ name: "late" }] }],
      }),
      { extraPlugins: [guard.plugin, late.plugin] },
    );
    await client.send({ target: "/t", headers: [["apikey", "k"]] });
    expect(late.calls).toEqual(["headerFilter", "bodyFilter", "log"]);
    await client.send({ target: "/t" });
    expect(late.calls).toHaveLength(3);
  });

  test("in rewrite is answered before routing", async () => {
    const { plugin } = probePlugin("early", { rewrite: (exchange) => exchange.exit(204) });
    const { client } = gatewayOn(oneRoute([], { plugins: [{ name: "early" }] }), { extraPlugins: [plugin] });
    expect((await client.send({ target: "/t" })).status).toBe(204);
  });

  test("may send an object as JSON", async () => {
    const { plugin } = probePlugin("json", { access: (exchange) => exchange.exit(200, { a: "/" }) });
    const { client } = gatewayOn(oneRoute([{ name: "json" }]), { extraPlugins: [plugin] });
    const response = await client.send({ target: "/t" });
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(response.body).toBe('{"a":"/"}');
  });

  test("tells gRPC clients by fields", async () => {
    const { plugin } = probePlugin("grpc", { access: (exchange) => exchange.error(401) });
    const { client } = gatewayOn(oneRoute([{ name: "grpc" }]), { extraPlugins: [plugin] });
    const response = await client.send({ target: "/t", headers: [["Content-Type", "application/grpc"]] });
    expect(["grpc-status", "grpc-message"].map((name) => response.headers.get(name))).toEqual([
      "16",
      "Unauthenticated",
    ]);
  });
});

describe("a plugin that fails", () => {
  const boom = (): never => {
    throw new Error("boom");
  };

  test.each(["rewrite", "access", "headerFilter"] as const)("in %s is answered with 500", async (phase) => {
    const { plugin } = probePlugin("bad", { [phase]: boom });
    const { client, ports } = gatewayOn(oneRoute([], { plugins: [{ name: "bad" }] }), {
      extraPlugins: [plugin],
    });
    const response = await client.send({ target: "/t" });
    expect(response.status).toBe(500);
    expect(JSON.parse(response.body)).toMatchObject({ message: "An unexpected error occurred" });
    expect(ports.logger.records.some(({ level }) => level === "error")).toBe(true);
  });

  test("asynchronously is answered with 500", async () => {
    const { plugin } = probePlugin("bad", { access: () => Promise.reject(new Error("boom")) });
    const { client } = gatewayOn(oneRoute([{ name: "bad" }]), { extraPlugins: [plugin] });
    expect((await client.send({ target: "/t" })).status).toBe(500);
  });

  test("as the request's body is more than it holds is answered with 413", async () => {
    const access = async ({ request }: Exchange): Promise<void> => void (await request.readBody(2));
    const { plugin } = probePlugin("bad", { access });
    const { client } = gatewayOn(oneRoute([{ name: "bad" }]), { extraPlugins: [plugin] });
    const response = await client.send({ method: "POST", target: "/t", body: "abc" });
    expect([response.status, response.body]).toEqual([413, expect.stringContaining("Payload too large")]);
  });

  test("as the upstream's body is more than is held is answered with 500", async () => {
    const response = (): never => {
      throw new BodyTooLargeError(2);
    };
    const { plugin } = probePlugin("bad", { response });
    const { client } = gatewayOn(oneRoute([{ name: "bad" }]), { extraPlugins: [plugin] });
    expect((await client.send({ target: "/t" })).status).toBe(500);
  });

  test("in a body filter breaks the response off", async () => {
    const { plugin } = probePlugin("bad", { bodyFilter: boom });
    const { client, ports } = gatewayOn(oneRoute([{ name: "bad" }]), { extraPlugins: [plugin] });
    ports.transport.answer = () => ({ body: "x" });
    await expect(client.send({ target: "/t" })).rejects.toThrow("boom");
  });

  test("in its log does not keep the others from logging", async () => {
    const bad = probePlugin("bad", { log: boom }, 20);
    const good = probePlugin("good", {}, 10);
    const { client } = gatewayOn(oneRoute([{ name: "bad" }, { name: "good" }]), {
      extraPlugins: [bad.plugin, good.plugin],
    });
    await client.send({ target: "/t" });
    expect(good.calls).toContain("log");
  });
});

describe("a response phase", () => {
  test("sees the whole body and may answer in its place", async () => {
    const { plugin } = probePlugin("whole", {
      response: (exchange) => {
        const { body } = exchange.response;
        exchange.exit(200, `<${new TextDecoder().decode(body as Uint8Array)}>`);
      },
    });
    const { client, ports } = gatewayOn(oneRoute([{ name: "whole" }]), { extraPlugins: [plugin] });
    ports.transport.answer = () => ({ body: "up" });
    expect((await client.send({ target: "/t" })).body).toBe("<up>");
  });
});

describe("a client that leaves", () => {
  test("gives up the upstream's try and is logged with 499", async () => {
    const { client, ports, finished } = gatewayOn(oneRoute());
    ports.transport.answer = () => "silence";
    client.start({ target: "/t" }).leave();
    expect(ports.transport.cancelled).toBe(1);
    expect(finished.map(({ response }) => response.status)).toEqual([499]);
  });
});

describe("protocols", () => {
  test("a route for https only asks http clients to upgrade", async () => {
    const { client } = gatewayOn(oneRoute([], {}, { protocols: ["https"] }));
    const response = await client.send({ target: "/t" });
    expect([response.status, response.headers.get("upgrade") === undefined]).toEqual([426, false]);
  });

  test("or redirects them", async () => {
    const { client } = gatewayOn(oneRoute([], {}, { protocols: ["https"], https_redirect_status_code: 301 }));
    const response = await client.send({ target: "/t?x=1", headers: [["Host", "h.test:8000"]] });
    expect([response.status, response.headers.get("location")]).toEqual([301, "https://h.test/t?x=1"]);
  });
});

import { describe, expect, test } from "vitest";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";
import { all, ask, consumers, form, machine, post, tls, world } from "../../../test/support/oauth2.ts";

describe("the endpoints", () => {
  test.each([
    ["token", "token"],
    ["authorize", "authorization"],
  ])("/oauth2/%s takes POST only", async (endpoint, told) => {
    const refused = await ask(world({ realm: "here" }), { ...tls, target: `/t/oauth2/${endpoint}` });
    const why = `The HTTP method GET is invalid for the ${told} endpoint`;
    expect([refused.status, refused.body, refused.headers.get("www-authenticate")]).toEqual([
      405,
      { error: "invalid_method", error_description: why },
      `Bearer realm="here" error="invalid_method" error_description="${why}"`,
    ]);
  });

  const insecure = (gateway: TestGateway, proto: string[]) =>
    post(gateway, "token", machine, {
      connection: {},
      headers: [...form.headers, ...proto.map((one) => ["X-Forwarded-Proto", one] as const)],
    });
  test("ask for HTTPS", async () => {
    expect((await insecure(world(), ["https"])).body).toEqual({
      error: "access_denied",
      error_description: "You must use HTTPS",
    });
  });

  test("believe trusted peers where accept_http_if_already_terminated is set", async () => {
    const config = { ...all, accept_http_if_already_terminated: true };
    const document = oneRoute([{ name: "oauth2", config }], { consumers });
    const trusting = gatewayOn(document, { proxy: { isTrusted: () => true } });
    const told = async (proto: string[]) => (await insecure(trusting, proto)).body["error_description"];
    expect(await told(["HTTPS"])).toBeUndefined();
    expect(await told(["http"])).toBe("You must use HTTPS");
    expect(await told([])).toBe("You must use HTTPS");
    expect(await told(["https", "https"])).toBe("Only one X-Forwarded-Proto header allowed");
    expect((await insecure(gatewayOn(document), ["https"])).body["error"]).toBe("access_denied");
  });

  test("issue nothing where nothing can be written", async () => {
    const document = oneRoute([{ name: "oauth2", config: all }], { consumers });
    const gateway = gatewayOn(document, { ports: { records: undefined } });
    expect(
      (
        await gateway.client.send({
          ...tls,
          target: "/t/oauth2/token",
          method: "POST",
          ...form,
          body: new URLSearchParams(machine).toString(),
        })
      ).status,
    ).toBe(500);
  });
});

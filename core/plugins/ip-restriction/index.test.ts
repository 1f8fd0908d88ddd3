import { describe, expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

const ask = (config: Record<string, unknown>, peerAddress: string) =>
  gatewayOn(oneRoute([{ name: "ip-restriction", config }])).client.send({
    target: "/t",
    connection: { peerAddress },
  });

describe("a client", () => {
  test.each([
    [{ allow: ["192.0.2.0/24"] }, "192.0.2.7", 200],
    [{ allow: ["192.0.2.0/24"] }, "198.51.100.7", 403],
    [{ deny: ["192.0.2.7"] }, "192.0.2.7", 403],
    [{ deny: ["192.0.2.7"] }, "192.0.2.8", 200],
    [{ allow: ["192.0.2.0/24"], deny: ["192.0.2.7"] }, "192.0.2.7", 403],
    [{ allow: ["2001:db8::/32"] }, "2001:db8::1", 200],
    [{ allow: ["2001:db8::/32"] }, "192.0.2.1", 403],
    [{ deny: ["192.0.2.1"] }, "unix:", 403],
  ])("%j: %s gets %i", async (config, address, status) => {
    expect((await ask(config, address)).status).toBe(status);
  });

  test("learns which address was refused, or what was configured", async () => {
    const { body } = await ask({ deny: ["192.0.2.7"] }, "192.0.2.7");
    expect(body).toContain('"message":"IP address not allowed: 192.0.2.7"');
    const other = await ask({ deny: ["192.0.2.7"], status: 418, message: "no" }, "192.0.2.7");
    expect([other.status, other.body.includes('"message":"no"')]).toEqual([418, true]);
  });
});

import { describe, expect, test } from "vitest";
import { addressSet } from "../http/address.ts";
import { gatewayOn, oneRoute } from "../../testing/index.ts";

const isTrusted = addressSet(["10.0.0.0/8"]);
const seen = async (
  header: string,
  isRecursive: boolean,
  fields: readonly (readonly [string, string])[],
  peerAddress = "10.0.0.1",
): Promise<string | undefined> => {
  const { client, finished } = gatewayOn(oneRoute(), {
    proxy: { isTrusted, realIp: { header, isRecursive } },
  });
  await client.send({ target: "/t", headers: fields, connection: { peerAddress } });
  return finished[0]?.request.peerAddress;
};

describe("the client's address", () => {
  test.each([
    ["is the last that a trusted peer tells", false, "192.0.2.1, 192.0.2.2", "192.0.2.2"],
    ["is the last that is not trusted, when asked to look further", true, "192.0.2.1, 10.0.0.9", "192.0.2.1"],
    ["is the first when all are trusted", true, "10.0.0.8, 10.0.0.9", "10.0.0.8"],
    ["may have a port and brackets", false, "[2001:db8::1]:443", "2001:db8::1"],
    ["is the peer's when what is told is no address", false, "unknown", "10.0.0.1"],
  ])("%s", async (_, isRecursive, told, expected) => {
    expect(await seen("x-forwarded-for", isRecursive, [["X-Forwarded-For", told]])).toBe(expected);
  });

  test("is the peer's own unless it is trusted", async () => {
    expect(await seen("x-real-ip", false, [["X-Real-IP", "192.0.2.1"]], "198.51.100.1")).toBe("198.51.100.1");
  });
});

test("upstreams get the client as X-Real-IP and the peer at the end of X-Forwarded-For", async () => {
  const { client, upstream } = gatewayOn(oneRoute(), {
    proxy: { isTrusted, portMap: new Map([[8000, 80]]), tellsRequestId: false },
  });
  await client.send({
    target: "/t",
    headers: [
      ["X-Real-IP", "192.0.2.1"],
      ["X-Forwarded-For", "192.0.2.1"],
    ],
    connection: { peerAddress: "10.0.0.1", localPort: 8000 },
  });
  const fields = upstream.sent[0]!.request.headers;
  const valueOf = (name: string): string | undefined => fields[fields.indexOf(name) + 1];
  expect([valueOf("X-Real-IP"), valueOf("X-Forwarded-For"), valueOf("X-Forwarded-Port")]).toEqual([
    "192.0.2.1",
    "192.0.2.1, 10.0.0.1",
    "80",
  ]);
  expect(fields.includes("X-Kong-Request-Id")).toBe(false);
});

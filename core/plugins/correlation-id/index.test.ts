import { describe, expect, test } from "vitest";
import { HeaderList } from "../../http/headers.ts";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const gateway = (config: Record<string, unknown>) =>
  gatewayOn(oneRoute([{ name: "correlation-id", config }]));
const upstreamId = ({ ports }: ReturnType<typeof gateway>, name = "Kong-Request-ID"): string | undefined =>
  new HeaderList(ports.transport.sent.at(-1)!.request.headers).get(name);

describe("the upstream gets", () => {
  test("a new UUID for each request", async () => {
    const all = gateway({ generator: "uuid" });
    const ids = new Set<string | undefined>();
    for (let i = 0; i < 5; i++) {
      await all.client.send({ target: "/t" });
      ids.add(upstreamId(all));
      expect(upstreamId(all)).toMatch(uuid);
    }
    expect(ids.size).toBe(5);
  });

  test("one UUID with a counter by default", async () => {
    const all = gateway({});
    await all.client.send({ target: "/t" });
    const first = upstreamId(all)!;
    await all.client.send({ target: "/t" });
    const [prefix] = first.split("#");
    expect([first, upstreamId(all)]).toEqual([`${prefix}#1`, `${prefix}#2`]);
    expect(prefix).toMatch(uuid);
  });

  test("the facts of connection and time from tracker", async () => {
    const all = gateway({ generator: "tracker" });
    await all.client.send({ target: "/t" });
    expect(upstreamId(all)).toBe("192.0.2.254-8000-42-1-1-1700000000.000");
  });

  test("what the client brought, unless it is empty", async () => {
    const all = gateway({});
    await all.client.send({ target: "/t", headers: [["kong-request-id", "mine"]] });
    expect(upstreamId(all)).toBe("mine");
    await all.client.send({ target: "/t", headers: [["kong-request-id", ""]] });
    expect(upstreamId(all)).toMatch(/#1$/);
  });

  test("it under another name", async () => {
    const all = gateway({ header_name: "X-Trace" });
    await all.client.send({ target: "/t" });
    expect([upstreamId(all, "x-trace"), upstreamId(all)]).toEqual([expect.stringMatching(/#1$/), undefined]);
  });
});

describe("the client gets", () => {
  test("the same id with echo_downstream", async () => {
    const all = gateway({ echo_downstream: true });
    const { headers } = await all.client.send({ target: "/t" });
    expect(headers.get("kong-request-id")).toBe(upstreamId(all));
  });

  test("nothing without it", async () => {
    const { headers } = await gateway({}).client.send({ target: "/t" });
    expect(headers.has("kong-request-id")).toBe(false);
  });

  test("an id even where no route matched", async () => {
    const { client } = gatewayOn({
      plugins: [{ name: "correlation-id", config: { echo_downstream: true } }],
    });
    const { status, headers } = await client.send({ target: "/nowhere" });
    expect([status, headers.get("kong-request-id")]).toEqual([404, expect.stringMatching(/#1$/)]);
  });
});

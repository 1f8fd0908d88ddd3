import { expect, test } from "vitest";
import { gatewayOn, oneRoute, type TestGateway } from "../../../testing/index.ts";

const limited = (config: Record<string, unknown>, used = "video=1"): TestGateway => {
  const all = gatewayOn(oneRoute([{ name: "response-ratelimiting", config }]));
  all.ports.transport.answer = () => ({ headers: ["X-Kong-Limit", used], body: "up" });
  return all;
};
const limits = { video: { minute: 2 } };
const ask = async (all: TestGateway): Promise<(string | number | undefined)[]> => {
  const { status, headers } = await all.client.send({ target: "/t" });
  return [status, headers.get("X-RateLimit-Remaining-video-minute"), headers.get("x-kong-limit")];
};

test("what upstreams say is counted, and told to clients in the place of it", async () => {
  const all = limited({ limits });
  expect([await ask(all), await ask(all)]).toEqual([
    [200, "1", undefined],
    [200, "0", undefined],
  ]);
});

test("a response beyond the limit is replaced, and the window's end ends that", async () => {
  const all = limited({ limits });
  await ask(all);
  await ask(all);
  const { status, body } = await all.client.send({ target: "/t" });
  expect([status, body]).toEqual([429, ""]);
  all.ports.clock.advance(60_000);
  expect((await ask(all))[0]).toBe(200);
});

test("block_on_first_violation spares the upstream", async () => {
  const all = limited({ limits, block_on_first_violation: true }, "video=2");
  await ask(all);
  expect((await ask(all))[0]).toBe(429);
  expect(all.ports.transport.sent).toHaveLength(1);
});

test("names without a limit and odd amounts count nothing", async () => {
  const all = limited({ limits }, "audio=5, video=x, video");
  await ask(all);
  expect(await ask(all)).toEqual([200, "2", undefined]);
});

test("a longer period can't have the lower limit", () => {
  expect(() => limited({ limits: { video: { minute: 5, hour: 2 } } })).toThrow("cannot be lower");
});

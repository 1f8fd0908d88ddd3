import { expect, test } from "vitest";
import { MemoryClock, MemorySharedDict } from "../../../adapters/memory/index.ts";
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

test("the upstream's header has the name that is configured", async () => {
  const all = gatewayOn(
    oneRoute([{ name: "response-ratelimiting", config: { limits, header_name: "X-Used" } }]),
  );
  all.ports.transport.answer = () => ({ headers: ["X-Used", "video=2"], body: "up" });
  expect((await ask(all))[1]).toBe("0");
});

test("limits can be kept from clients", async () => {
  expect((await ask(limited({ limits, hide_client_headers: true })))[1]).toBeUndefined();
});

test.each([
  ["consumer", "0"],
  ["credential", "1"],
  ["ip", "0"],
])("those of one %s are counted together", async (limit_by, second) => {
  const consumers = [{ username: "a", keyauth_credentials: [{ key: "1" }, { key: "2" }] }];
  const plugins = [{ name: "key-auth" }, { name: "response-ratelimiting", config: { limits, limit_by } }];
  const all = gatewayOn(oneRoute(plugins, { consumers }));
  all.ports.transport.answer = () => ({ headers: ["X-Kong-Limit", "video=1"], body: "up" });
  const left = async (key: string): Promise<string | undefined> =>
    (await all.client.send({ target: "/t", headers: [["apikey", key]] })).headers.get(
      "X-RateLimit-Remaining-video-minute",
    );
  expect([await left("1"), await left("2")]).toEqual(["1", second]);
});

test.each([
  [true, 200],
  [false, 500],
])("counting that fails, with fault_tolerant: %s", async (fault_tolerant, status) => {
  const counters = Object.assign(new MemorySharedDict(new MemoryClock()), {
    get: () => Promise.reject(new Error("out of order")),
    incr: () => Promise.reject(new Error("out of order")),
  });
  const all = gatewayOn(oneRoute([{ name: "response-ratelimiting", config: { limits, fault_tolerant } }]), {
    ports: { counters },
  });
  expect((await all.client.send({ target: "/t" })).status).toBe(status);
});

test.each(["redis", "cluster"])("policy %s is refused where there is none", (policy) => {
  expect(() => limited({ limits, policy, redis: { host: "r.test" } })).toThrow(policy);
});

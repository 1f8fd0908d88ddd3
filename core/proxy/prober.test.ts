import { describe, expect, test } from "vitest";
import { gatewayOn } from "../../testing/index.ts";

const document = (active: Record<string, unknown>) => ({
  services: [{ name: "s", host: "ups", routes: [{ name: "r", paths: ["/t"] }] }],
  upstreams: [
    {
      name: "ups",
      targets: [{ target: "10.0.0.1:81" }, { target: "10.0.0.2:82" }],
      healthchecks: { active: { http_path: "/health", headers: { "x-probe": ["1"] }, ...active } },
    },
  ],
});
const checks = {
  healthy: { interval: 2, successes: 2 },
  unhealthy: { interval: 1, http_failures: 2, tcp_failures: 1, timeouts: 1 },
};

const probing = (active: Record<string, unknown> = checks) => {
  const changes: { host: string; isHealthy: boolean }[] = [];
  const all = gatewayOn(document(active), {
    isProber: true,
    onHealthChange: (change) => changes.push(change),
  });
  const down = new Set<string>();
  all.ports.transport.answer = ({ address }) => (down.has(address.host) ? { status: 500 } : { status: 200 });
  return { ...all, changes, down };
};

describe("active checks", () => {
  test("ask every address in its interval, as configured", async () => {
    const { ports } = probing();
    await ports.timers.advance(2_000);
    expect(ports.transport.sent.map(({ address }) => address.host).sort()).toEqual(["10.0.0.1", "10.0.0.2"]);
    const [{ request }] = ports.transport.sent as [(typeof ports.transport.sent)[number]];
    expect([request.target, request.headers.includes("x-probe"), request.headers[1]]).toEqual([
      "/health",
      true,
      expect.stringMatching(/^10\.0\.0\.[12]:8[12]$/),
    ]);
  });

  test("take an address out and bring it back", async () => {
    const { ports, changes, down } = probing();
    down.add("10.0.0.1");
    await ports.timers.advance(4_000);
    expect(changes).toMatchObject([{ host: "10.0.0.1", isHealthy: false }]);
    down.clear();
    await ports.timers.advance(2_000);
    expect(changes.at(-1)).toMatchObject({ host: "10.0.0.1", isHealthy: true });
  });

  test("count refused connections", async () => {
    const { ports, changes } = probing();
    ports.transport.answer = () => ({ failure: "connect_refused", requestSent: false });
    await ports.timers.advance(2_000);
    expect(changes).toHaveLength(2);
  });

  test("stop when the configuration has none", async () => {
    const { ports, configure } = probing();
    configure({});
    await ports.timers.advance(10_000);
    expect(ports.transport.sent).toEqual([]);
  });

  test("keep their rhythm however often other parts of the configuration change", async () => {
    const { ports, configure } = probing();
    for (let i = 0; i < 8; i++) {
      await ports.timers.advance(500);
      configure({ ...document(checks), consumers: [{ username: `c${i}` }] });
    }
    expect(ports.transport.sent).toHaveLength(4);
  });

  test("by TCP connect and say nothing", async () => {
    const dialed: unknown[] = [];
    const all = gatewayOn(document({ ...checks, type: "tcp" }), {
      isProber: true,
      ports: {
        dialer: {
          dial: async (host, port, timeoutMs) => {
            dialed.push([host, port, timeoutMs]);
            return host === "10.0.0.1" ? "refused" : "connected";
          },
        },
      },
    });
    await all.ports.timers.advance(2_000);
    // The one that refused is asked again as an unhealthy one.
    expect(dialed.slice(0, 2)).toEqual([
      ["10.0.0.2", 82, 1000],
      ["10.0.0.1", 81, 1000],
    ]);
    const state = await all.gateway.upstreamState("ups");
    expect(state?.targets.map(({ addresses }) => addresses[0]!.isHealthy)).toEqual([false, true]);
  });

  test("are made so many at a time as configured", async () => {
    let [underWay, most] = [0, 0];
    const targets = Array.from({ length: 9 }, (_, i) => ({ target: `10.0.0.${i + 1}:80` }));
    const all = gatewayOn(
      {
        upstreams: [
          { name: "ups", targets, healthchecks: { active: { ...checks, type: "tcp", concurrency: 3 } } },
        ],
      },
      {
        isProber: true,
        ports: {
          dialer: {
            dial: async () => {
              most = Math.max(most, ++underWay);
              for (let turn = 0; turn < 5; turn++) await Promise.resolve();
              underWay--;
              return "connected";
            },
          },
        },
      },
    );
    await all.ports.timers.advance(2_000);
    expect([most, underWay]).toEqual([3, 0]);
  });

  test("that can't be made here are told, not made as something else", async () => {
    const { ports } = probing({ ...checks, type: "tcp" });
    await ports.timers.advance(4_000);
    expect(ports.transport.sent).toEqual([]);
    expect(ports.logger.records).toContainEqual(
      expect.objectContaining({ level: "warn", message: "upstream ups: tcp checks can't be made here" }),
    );
  });

  test("tell when they were made, and what they counted", async () => {
    const { ports, gateway, down } = probing();
    down.add("10.0.0.1");
    await ports.timers.advance(2_000);
    const [first, second] = (await gateway.upstreamState("ups"))!.targets.map(
      ({ addresses }) => addresses[0]!,
    );
    expect(first).toMatchObject({ isHealthy: true, httpFailures: 1, checkedAtMs: ports.clock.nowMs() });
    expect(second).toMatchObject({ isHealthy: true, httpFailures: 0 });
  });

  test("are made by one worker only", async () => {
    const { ports } = gatewayOn(document(checks));
    await ports.timers.advance(10_000);
    expect(ports.transport.sent).toEqual([]);
  });
});

import { expect, test } from "vitest";
import { gatewayOn } from "../../testing/index.ts";

const hosts = Array.from({ length: 10 }, (_, i) => `10.0.0.${i + 1}`);

const document = (rest: Record<string, unknown>) => ({
  services: [{ name: "s", host: "ups", retries: 5, routes: [{ name: "r", paths: ["/t"] }] }],
  upstreams: [{ name: "ups", targets: hosts.map((host) => ({ target: `${host}:80` })), ...rest }],
});

const passive = {
  healthy: { successes: 1, http_statuses: [200] },
  unhealthy: { tcp_failures: 2, timeouts: 2, http_failures: 2, http_statuses: [500] },
};
const active = {
  healthy: { interval: 0, successes: 1 },
  unhealthy: { interval: 5, tcp_failures: 1 },
};

interface Minute {
  readonly statuses: Record<number, number>;
  readonly failedTries: number;
  readonly hosts: Set<string>;
}

/** 30 minutes of 50 connections that ask once a second; 3 of 10 targets die in minute 5 and come back in minute 15. */
const simulate = async (
  method: string,
  sent: boolean,
): Promise<{ minutes: Minute[]; backAfterMs: number; changes: number }> => {
  const down = new Set<string>();
  let changes = 0;
  let backAtMs = 0;
  const all = gatewayOn(document({ healthchecks: { passive, active } }), {
    isProber: true,
    onHealthChange: ({ isHealthy }) => {
      changes++;
      if (isHealthy) backAtMs = all.ports.clock.monotonicMs();
    },
  });
  let failedTries = 0;
  all.ports.transport.answer = ({ address, request }) => {
    const isProbe = request.isSingle === true;
    if (!isProbe) used.add(address.host);
    if (!down.has(address.host)) return { status: 200 };
    if (!isProbe) failedTries++;
    return { failure: "connection_closed", requestSent: sent };
  };
  let used = new Set<string>();
  const minutes: Minute[] = [];
  for (let minute = 0; minute < 30; minute++) {
    if (minute === 5) for (const host of hosts.slice(2, 5)) down.add(host);
    if (minute === 15) down.clear();
    const statuses: Record<number, number> = {};
    used = new Set();
    failedTries = 0;
    for (let second = 0; second < 60; second++) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => all.client.send({ target: "/t", method })),
      );
      for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
      await all.ports.timers.advance(1000);
      all.ports.transport.sent.length = 0;
      all.finished.length = 0;
    }
    minutes.push({ statuses, failedTries, hosts: used });
  }
  return { minutes, backAfterMs: backAtMs - 15 * 60_000, changes };
};

test("3 of 10 targets die under 50 connections: no GET fails, and they are back within the interval", async () => {
  const { minutes, backAfterMs, changes } = await simulate("GET", true);
  expect(minutes.map(({ statuses }) => statuses)).toEqual(Array.from({ length: 30 }, () => ({ 200: 3000 })));
  // Two failures each until the circuit opens; nobody tries again before a probe succeeded.
  expect(minutes.map(({ failedTries }) => failedTries)).toEqual(
    Array.from({ length: 30 }, (_, minute) => (minute === 5 ? 6 : 0)),
  );
  expect(minutes[10]!.hosts.size).toBe(7);
  expect(minutes[20]!.hosts.size).toBe(10);
  expect([backAfterMs > 0 && backAfterMs <= 5000, changes]).toEqual([true, 6]);
});

test("a POST that was sent is not repeated: it fails once for each failed try, and no more", async () => {
  const { minutes } = await simulate("POST", true);
  const failed = minutes.map(({ statuses }) => statuses[502] ?? 0);
  expect(failed).toEqual(minutes.map(({ failedTries }) => failedTries));
  expect(failed.reduce((sum, count) => sum + count, 0)).toBe(6);
});

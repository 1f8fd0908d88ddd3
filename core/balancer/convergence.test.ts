import { describe, expect, test } from "vitest";
import { MemoryRandom } from "../../adapters/memory/index.ts";
import { newGroup } from "../../test/support/balancer.ts";
import { type Address, type Algorithm, sampleLatency } from "./index.ts";

/** Milliseconds that each of the addresses takes to answer one request; one at a time. */
const serviceMs = [10, 20, 40, 80] as const;

interface Outcome {
  /** Share of the requests, by address. */
  readonly shares: readonly number[];
  readonly meanMs: number;
}

/** Requests that come by chance, some 60 a second, to addresses that queue: five simulated minutes. */
const simulate = (algorithm: Algorithm, service: (address: number, nowMs: number) => number): Outcome => {
  const group = newGroup(
    serviceMs.map((_, i) => ({ target: `10.0.0.${i + 1}:80`, weight: 100 })),
    { algorithm },
  );
  const random = new MemoryRandom(9);
  const counts = serviceMs.map(() => 0);
  const freeAtMs = serviceMs.map(() => 0);
  const ends: { atMs: number; address: Address; tookMs: number }[] = [];
  let [nowMs, total] = [0, 0];
  let requests = 0;
  while (nowMs < 300_000) {
    nowMs += -Math.log(1 - random.fraction()) * (1000 / 60);
    for (const end of ends.filter(({ atMs }) => atMs <= nowMs)) {
      end.address.connections--;
      sampleLatency(end.address, end.tookMs, end.atMs);
      ends.splice(ends.indexOf(end), 1);
    }
    const address = group.pick("", undefined, nowMs)!;
    const i = group.addresses.indexOf(address);
    address.connections++;
    freeAtMs[i] = Math.max(freeAtMs[i]!, nowMs) + service(i, nowMs);
    const tookMs = freeAtMs[i] - nowMs;
    ends.push({ atMs: freeAtMs[i], address, tookMs });
    counts[i]!++;
    requests++;
    total += tookMs;
  }
  return { shares: counts.map((count) => count / requests), meanMs: total / requests };
};

describe("on an uneven set of addresses", () => {
  const steady = (i: number): number => serviceMs[i]!;

  test.each(["least-connections", "latency"] as const)(
    "%s gives the faster ones more, and everybody less to wait",
    (algorithm) => {
      const { shares, meanMs } = simulate(algorithm, steady);
      const turns = simulate("round-robin", steady);
      expect([...shares].sort((a, b) => b - a)).toEqual(shares);
      expect(shares[0]).toBeGreaterThan(2 * shares[3]!);
      expect(meanMs).toBeLessThan(turns.meanMs / 2);
    },
  );

  test.each(["least-connections", "latency"] as const)(
    "%s turns away from one that slows down",
    (algorithm) => {
      const slowing = simulate(algorithm, (i, nowMs) => (i === 0 && nowMs > 60_000 ? 400 : serviceMs[i]!));
      expect(slowing.shares[0]).toBeLessThan(simulate(algorithm, steady).shares[0]! / 1.5);
    },
  );
});

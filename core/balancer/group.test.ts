import { describe, expect, test } from "vitest";
import { MemoryClock, MemorySharedDict } from "../../adapters/memory/index.ts";
import type { HealthBoard } from "../ports/healthboard.ts";
import { newGroup } from "../../test/support/balancer.ts";
import {
  type Address,
  type Algorithm,
  type Group,
  healthBoard,
  type Placement,
  sampleLatency,
  xxhash32,
} from "./index.ts";

const statuses = { ok: [200], bad: [500] };
const passive = {
  healthy: { successes: 2, http_statuses: statuses.ok },
  unhealthy: { http_failures: 3, tcp_failures: 2, timeouts: 1, http_statuses: statuses.bad },
};
const groupOf = (
  weights: readonly number[],
  algorithm: Algorithm = "round-robin",
  thresholdPercent = 0,
): Group =>
  newGroup(
    weights.map((weight, i) => ({ target: `10.0.0.${i + 1}:80`, weight })),
    { algorithm, thresholdPercent, passive },
  );
const counts = (
  group: Group,
  picks: number,
  each: (address: Address, i: number) => void = () => undefined,
) => {
  const found = new Map<string, number>();
  for (let i = 0; i < picks; i++) {
    const address = group.pick(`key-${i}`, undefined, i)!;
    each(address, i);
    found.set(address.host, (found.get(address.host) ?? 0) + 1);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
};

describe("XXH32", () => {
  test.each([
    ["", 0x02cc5d05],
    ["a", 0x550d7456],
    ["abc", 0x32d153ff],
    ["Nobody inspects the spammish repetition", 0xe2293b2f],
  ])("of %j is as specified", (text, hash) => {
    expect(xxhash32(text)).toBe(hash);
  });
});

describe("round robin", () => {
  test.each([
    [[100, 100], 1000, [500, 500]],
    [[3, 1], 1000, [750, 250]],
    [[1, 2, 3, 4], 1000, [100, 200, 300, 400]],
    [[0, 100], 10, [10]],
    [[1000, 1], 1001, [1000, 1]],
  ])("with weights %j gives each its share", (weights, picks, shares) => {
    expect(counts(groupOf(weights), picks)).toEqual(shares);
  });

  test("spreads the turns of a heavy address", () => {
    const group = groupOf([2, 1]);
    const hosts = Array.from({ length: 6 }, () => group.pick("", undefined, 0)!.host);
    expect(hosts.join(" ")).not.toContain("10.0.0.2 10.0.0.2");
  });

  test("keeps huge coprime weights within a bounded wheel", () => {
    const [light, heavy] = counts(groupOf([65_535, 65_534]), 10_000) as [number, number];
    expect(Math.abs(light - heavy)).toBeLessThan(10);
  });

  test("goes past what failed, and begins anew when all failed", () => {
    const group = groupOf([1, 1, 1]);
    const failed = new Set(group.addresses.slice(0, 2));
    expect(group.pick("", failed, 0)).toBe(group.addresses[2]);
    expect(group.pick("", new Set(group.addresses), 0)).toBeDefined();
  });
});

describe("consistent hashing", () => {
  test("moves few keys when one of ten targets goes", () => {
    const before = groupOf(
      Array.from({ length: 10 }, () => 100),
      "consistent-hashing",
    );
    const after = groupOf(
      Array.from({ length: 9 }, () => 100),
      "consistent-hashing",
    );
    const total = 10_000;
    let moved = 0;
    for (let i = 0; i < total; i++) {
      if (before.pick(`k${i}`, undefined, 0)!.host !== after.pick(`k${i}`, undefined, 0)!.host) moved++;
    }
    expect(moved / total).toBeLessThan(0.12);
  });

  test("sends a key elsewhere while its address is down, and back after", () => {
    const group = groupOf([1, 1, 1], "consistent-hashing");
    const home = group.pick("key", undefined, 0)!;
    group.setAvailable(home.host, home.port, false);
    expect(group.pick("key", undefined, 0)).not.toBe(home);
    group.setAvailable(home.host, home.port, true);
    expect(group.pick("key", undefined, 0)).toBe(home);
  });

  test("grows a ring that is too small for its entries", () => {
    const group = newGroup(
      Array.from({ length: 10 }, (_, i) => ({ target: `10.0.0.${i + 1}:80`, weight: 100 })),
      { algorithm: "consistent-hashing", slots: 1000 },
    );
    expect(counts(group, 2000)).toHaveLength(10);
  });
});

describe("least connections", () => {
  test("evens out what is under way, by weight", () => {
    expect(counts(groupOf([100, 50], "least-connections"), 30, (address) => address.connections++)).toEqual([
      20, 10,
    ]);
  });
});

describe("latency", () => {
  test("prefers the address that answers faster", () => {
    const group = groupOf([1, 1], "latency");
    const [fast = 0, slow = 0] = counts(group, 200, (address, i) => {
      sampleLatency(address, address.host === "10.0.0.1" ? 5 : 100, i);
    });
    expect(fast).toBeGreaterThan(slow * 5);
  });

  test("goes back to an address when its bad time is long ago", () => {
    const group = groupOf([1, 1], "latency");
    const [one, other] = group.addresses as [Address, Address];
    sampleLatency(one, 10, 0);
    sampleLatency(other, 1000, 0);
    expect(group.pick("", undefined, 1)).toBe(one);
    sampleLatency(one, 10, 120_000);
    expect(group.pick("", undefined, 120_000)).toBe(other);
  });
});

describe("passive health", () => {
  test("takes an address out after its failures in a row, and back after its successes", () => {
    const group = groupOf([1, 1]);
    const [address] = group.addresses as [Address];
    expect([500, 500].map((status) => group.report(address, { status }))).toEqual([false, false]);
    expect(group.report(address, { status: 200 })).toBe(false);
    for (let i = 0; i < 2; i++) group.report(address, { status: 500 });
    expect([address.isAvailable, group.report(address, { status: 500 })]).toEqual([true, true]);
    expect(address.isAvailable).toBe(false);
    group.report(address, { status: 200 });
    expect([group.report(address, { status: 200 }), address.isAvailable]).toEqual([true, true]);
  });

  test("counts refused connections and timeouts apart", () => {
    const group = groupOf([1, 1, 1]);
    const [one, other] = group.addresses as [Address, Address];
    expect(group.report(one, "timeout")).toBe(true);
    expect([group.report(other, "tcp_failure"), group.report(other, "tcp_failure")]).toEqual([false, true]);
  });

  test("ignores statuses that are in neither list", () => {
    const group = groupOf([1]);
    const [address] = group.addresses as [Address];
    for (let i = 0; i < 10; i++) group.report(address, { status: 404 });
    expect(address.isAvailable).toBe(true);
  });

  test("below the threshold takes the whole group down", () => {
    const group = groupOf([1, 1, 1], "round-robin", 50);
    group.setAvailable("10.0.0.1", 80, false);
    expect(group.isHealthy).toBe(true);
    group.setAvailable("10.0.0.2", 80, false);
    expect([group.isHealthy, group.pick("", undefined, 0)]).toEqual([false, undefined]);
  });

  test("without targets or weight there is nowhere to go", () => {
    expect(groupOf([]).pick("", undefined, 0)).toBeUndefined();
    expect(groupOf([0, 0]).pick("", undefined, 0)).toBeUndefined();
  });
});

describe("health that is shared", () => {
  const board = (): HealthBoard => healthBoard(new MemorySharedDict(new MemoryClock()));
  const targets = [{ target: "10.0.0.1:80", weight: 1 }];

  test("counts the failures that several workers saw together", () => {
    const options = { passive, board: board() };
    const workers = [newGroup(targets, options), newGroup(targets, options)];
    const sides = [0, 1, 0].map((worker) => {
      const group = workers[worker]!;
      return group.report(group.addresses[0]!, { status: 500 });
    });
    expect(sides).toEqual([false, false, true]);
  });

  test("is known to a worker that starts later", () => {
    const options = { passive, board: board() };
    newGroup(targets, options).setAvailable("10.0.0.1", 80, false);
    expect(newGroup(targets, options).addresses[0]!.isAvailable).toBe(false);
  });

  test("ends with the target: one that comes back is healthy", () => {
    const options = { passive, board: board() };
    const group = newGroup(targets, options);
    group.setAvailable("10.0.0.1", 80, false);
    group.forget(newGroup([], options));
    expect(newGroup(targets, options).addresses[0]!.isAvailable).toBe(true);
  });

  test("does not count what has no threshold, nor what only confirms", () => {
    const options = {
      passive: { ...passive, healthy: { successes: 0, http_statuses: [200] } },
      board: board(),
    };
    const group = newGroup(targets, options);
    const [address] = group.addresses as [Address];
    for (const status of [500, 200, 500, 200, 500]) group.report(address, { status });
    expect(address.isAvailable).toBe(false);
    for (let i = 0; i < 5; i++) group.report(address, { status: 500 });
    expect(group.state().targets[0]!.addresses[0]).toMatchObject({ isHealthy: false, httpFailures: 0 });
  });
});

describe("targets by name", () => {
  const place = (group: Group, ips: readonly string[], weight = 100): void => {
    const placements = ips.map((host): Placement => ({
      host,
      port: 80,
      weight,
      hostname: "a.test",
      isLate: false,
    }));
    group.place(new Map([[group.targets[0]!, placements]]));
  };
  const named = (options = {}): Group =>
    newGroup([{ target: "a.test:80", weight: 100 }], { isResolved: () => true, ...options });

  test("have no address until they are resolved, then all of them", () => {
    const group = named();
    expect(group.pick("", undefined, 0)).toBeUndefined();
    place(group, ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    expect(counts(group, 300)).toEqual([100, 100, 100]);
  });

  test("keep what is known of the addresses that stay", () => {
    const group = named({ passive });
    place(group, ["10.0.0.1", "10.0.0.2"]);
    const stays = group.addresses[1]!;
    stays.connections = 3;
    group.setAvailable("10.0.0.2", 80, false);
    place(group, ["10.0.0.2", "10.0.0.9"]);
    expect(group.addresses[0]).toBe(stays);
    expect([stays.isAvailable, stays.connections]).toEqual([false, 3]);
  });

  test("move few keys when one of their addresses goes", () => {
    const group = named({ algorithm: "consistent-hashing" });
    const ips = Array.from({ length: 10 }, (_, i) => `10.0.0.${i + 1}`);
    place(group, ips);
    const keys = Array.from({ length: 5000 }, (_, i) => `k${i}`);
    const before = keys.map((key) => group.pick(key, undefined, 0)!.host);
    place(group, ips.slice(0, 9));
    const moved = keys.filter((key, i) => group.pick(key, undefined, 0)!.host !== before[i]);
    // 16 or 17 entries an address make a coarse ring: some more than a tenth.
    expect(moved.length / keys.length).toBeLessThan(0.2);
  });

  test("are marked all together by the target's name", () => {
    const group = named();
    place(group, ["10.0.0.1", "10.0.0.2"]);
    group.setAvailable("a.test", 80, false);
    expect(group.addresses.map(({ isAvailable }) => isAvailable)).toEqual([false, false]);
  });

  test("keep their addresses when the configuration changes", () => {
    const group = named();
    place(group, ["10.0.0.1"]);
    const after = newGroup(
      [
        { target: "a.test:80", weight: 100 },
        { target: "10.0.0.7:80", weight: 100 },
      ],
      { isResolved: () => true },
      group,
    );
    expect(after.addresses.map(({ host }) => host)).toEqual(["10.0.0.7", "10.0.0.1"]);
    expect(after.addresses[1]).toBe(group.addresses[0]);
  });
});

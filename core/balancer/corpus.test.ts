import { describe, expect, test } from "vitest";
import recorded from "../../test/corpora/balancer.json" with { type: "json" };
import { Group } from "./index.ts";

interface RingCase {
  readonly id: string;
  readonly kind: string;
  readonly targets?: readonly { target: string; weight?: number }[];
  readonly slots?: number;
  readonly down?: readonly number[];
  readonly expect?: { readonly map?: string };
}

const cases = recorded as unknown as readonly (RingCase & { keys: readonly string[] })[];
const { keys } = cases[0]!;
// A target by name needs a resolver, which is not the ring's business.
const rings = cases.filter(({ kind, id }) => kind === "ring" && !id.includes("name"));

const never = { successes: 0, http_statuses: [] };
const passive = {
  healthy: never,
  unhealthy: { http_failures: 0, tcp_failures: 0, timeouts: 0, http_statuses: [] },
};

describe("the ring puts every key where Kong 3.9.1 put it", () => {
  test.each(rings)("$id", ({ targets = [], slots = 10_000, down = [], expect: answer }) => {
    const group = new Group(
      targets.map(({ target, weight = 100 }) => ({ target, weight })),
      { algorithm: "consistent-hashing", slots, thresholdPercent: 0, passive, start: 0 },
    );
    for (const index of down) group.setAvailable(targets[index]!.target.split(":")[0]!, undefined, false);
    const places = keys.map((key) => {
      const address = group.pick(key, undefined, 0);
      return address === undefined ? "-" : Number(address.host.split(".")[3]) - 11;
    });
    expect(places.join("")).toBe(answer?.map);
  });
});

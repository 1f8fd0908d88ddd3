import { describe, expect, test } from "vitest";
import recorded from "../../test/corpora/balancer.json" with { type: "json" };
import { newGroup } from "../../test/support/balancer.ts";

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
const rings = cases.filter(({ kind }) => kind === "ring");

/** As the recorded gateway's resolver had it; its answers are called `a` and `b`. */
const twoTest = ["127.0.0.1", "127.0.0.2"];
const placeOf = (host: string): string =>
  twoTest.includes(host) ? "ab"[twoTest.indexOf(host)]! : String(Number(host.split(".")[3]) - 11);

describe("the ring puts every key where Kong 3.9.1 put it", () => {
  test.each(rings)("$id", ({ targets = [], slots = 10_000, down = [], expect: answer }) => {
    const group = newGroup(
      targets.map(({ target, weight = 100 }) => ({ target, weight })),
      { algorithm: "consistent-hashing", slots, isResolved: () => true },
    );
    for (const target of group.targets.filter(({ isNamed }) => isNamed)) {
      const { port, weight, host: hostname } = target;
      const placements = twoTest.map((host) => ({ host, port, weight, hostname, isLate: false }));
      group.place(new Map([[target, placements]]));
    }
    for (const index of down) group.setAvailable(targets[index]!.target.split(":")[0]!, undefined, false);
    const places = keys.map((key) => {
      const address = group.pick(key, undefined, 0);
      return address === undefined ? "-" : placeOf(address.host);
    });
    expect(places.join("")).toBe(answer?.map);
  });
});

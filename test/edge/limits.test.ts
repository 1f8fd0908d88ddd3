import { afterEach, expect, test } from "vitest";
import { ask } from "../support/client.ts";
import { type EdgePair, startEdgePair } from "../support/edge.ts";

let pair: EdgePair | undefined;
afterEach(() => pair?.close());

const limited = (limit: number): Record<string, unknown> => ({
  routes: [
    {
      name: "r",
      paths: ["/"],
      plugins: [
        { name: "rate-limiting", config: { year: limit, limit_by: "path", path: "/" } },
        { name: "request-termination", config: { status_code: 200, message: "passed" } },
      ],
    },
  ],
});

/** @returns How many of `count` requests passed, `atOnce` of them under way at any time, shared by both Workers. */
const passed = async ({ ports }: EdgePair, count: number, atOnce: number): Promise<number> => {
  let [left, found] = [count, 0];
  const client = async (port: number): Promise<void> => {
    while (left-- > 0) if ((await ask(port, { path: "/" })).status === 200) found++;
  };
  await Promise.all(Array.from({ length: atOnce }, (_, i) => client(ports[i % 2]!)));
  return found;
};

test("of 10,000 requests to two Workers at once exactly the limit of 1,000 pass", async () => {
  pair = await startEdgePair({});
  await pair.publish("1", limited(1_000));
  expect(await passed(pair, 10_000, 40)).toBe(1_000);
}, 120_000);

import { describe, expect, test } from "vitest";
import { MemorySharedDict } from "../../adapters/memory/index.ts";
import { like, world } from "../../test/support/clusternodes.ts";
import { Mlcache } from "../mlcache/index.ts";
import type { EventLog } from "../ports/eventlog.ts";
import { clusterInvalidation } from "./index.ts";

describe("cluster events", () => {
  test("reach every other node once, by channel, in their order", async () => {
    const { node } = world();
    const [a, b, c] = [node(), node(), node()];
    for (const { events, take } of [a, b, c]) {
      events.subscribe("x", take);
      await events.begin();
    }
    await a.events.broadcast("x", "1");
    await a.events.broadcast("y", "-");
    await b.events.broadcast("x", "2");
    for (let i = 0; i < 3; i++) for (const { events } of [a, b, c]) await events.poll();
    expect([a.got, b.got, c.got]).toEqual([["2"], ["1"], ["1", "2"]]);
  });

  test("reach their own node too where it asks for them", async () => {
    const { node } = world();
    const { events, take, got } = node();
    const cancel = events.subscribe("x", take, { hearsOwn: true });
    await events.begin();
    await events.broadcast("x", "1");
    await events.poll();
    cancel();
    await events.broadcast("x", "2");
    await events.poll();
    expect(got).toEqual(["1"]);
  });

  test("of the time before a node began don't reach it", async () => {
    const { node } = world();
    const [a, b] = [node(), node()];
    await a.events.broadcast("x", "before");
    b.events.subscribe("x", b.take);
    await b.events.begin();
    await a.events.broadcast("x", "after");
    await b.events.poll();
    expect(b.got).toEqual(["after"]);
  });

  test("that come together are handed over together, page by page", async () => {
    const { node } = world();
    const [a, b] = [node(), node({ pageEvents: 2 })];
    const pages: number[] = [];
    b.events.subscribe("x", (events) => void pages.push(events.length));
    await b.events.begin();
    for (const data of ["1", "2", "3", "4", "5"]) await a.events.broadcast("x", data);
    await b.events.poll();
    expect(pages).toEqual([2, 2, 1]);
    expect(b.events.counts).toEqual({ polls: 1, delivered: 5, gaps: 0 });
  });

  test("a callback that fails is logged, and holds up nothing", async () => {
    const { node, logger } = world();
    const [a, b] = [node(), node()];
    b.events.subscribe("x", () => {
      throw new Error("no");
    });
    b.events.subscribe("x", b.take);
    await b.events.begin();
    await a.events.broadcast("x", "1");
    await b.events.poll();
    await a.events.broadcast("x", "2");
    await b.events.poll();
    expect(b.got).toEqual(["1", "2"]);
    expect(logger.records.map(({ message }) => message)).toEqual(
      Array(2).fill("cluster events: a callback of x failed"),
    );
  });

  test("a call during a look waits for the next one, which all who wait share", async () => {
    const { node } = world();
    const [a, b] = [node(), node()];
    b.events.subscribe("x", b.take);
    const first = b.events.poll();
    await a.events.broadcast("x", "1");
    await Promise.all([b.events.poll(), b.events.poll()]);
    await first;
    expect(b.got).toEqual(["1"]);
    expect(b.events.counts.polls).toBe(2);
  });

  test("events that a failed look did not get are got by the next", async () => {
    const { node, log } = world();
    const a = node();
    let isDown = false;
    const since: EventLog["since"] = (...where) =>
      isDown ? Promise.reject(new Error("down")) : log.since(...where);
    const b = node({ log: like(log, { since }) });
    b.events.subscribe("x", b.take);
    await b.events.begin();
    await a.events.broadcast("x", "1");
    isDown = true;
    await expect(b.events.poll()).rejects.toThrow("down");
    isDown = false;
    await b.events.poll();
    expect(b.got).toEqual(["1"]);
  });

  test("a look that is abandoned holds up no other, and hands nothing over when it wakes", async () => {
    const { node, log } = world();
    const a = node();
    const stuck: (() => void)[] = [];
    let isStuck = true;
    const since: EventLog["since"] = async (...where) => {
      if (isStuck) await new Promise<void>((resolve) => stuck.push(resolve));
      return log.since(...where);
    };
    const b = node({ log: like(log, { since }) });
    b.events.subscribe("x", b.take);
    await b.events.begin();
    await a.events.broadcast("x", "1");
    const first = b.events.poll();
    await expect.poll(() => stuck.length).toBe(1);
    isStuck = false;
    b.events.abandon();
    await b.events.poll();
    expect(b.got).toEqual(["1"]);
    stuck[0]!();
    await first;
    expect(b.got).toEqual(["1"]);
  });

  test("when events are gone before they are read, a reload is asked for, and later events come", async () => {
    const { node, clock, log } = world();
    const [a, b] = [node({ keepMs: 1_000 }), node()];
    let reloads = 0;
    b.events.onGap(() => void reloads++);
    b.events.subscribe("x", b.take);
    await b.events.begin();
    await a.events.broadcast("x", "lost");
    clock.advance(1_000);
    await log.prune();
    await a.events.broadcast("x", "also in the reload");
    await b.events.poll();
    await a.events.broadcast("x", "later");
    await b.events.poll();
    expect([reloads, b.got, b.events.counts.gaps]).toEqual([1, ["later"], 1]);
  });

  test("with a propagation time, what appears late behind the reader is found, and nothing comes twice", async () => {
    const { node, clock, log } = world();
    const hidden = new Set<string>();
    // A database with several parts: some events are not everywhere yet.
    const since: EventLog["since"] = async (...where) => {
      const page = (await log.since(...where))!;
      return { ...page, events: page.events.filter(({ data }) => !hidden.has(data)) };
    };
    const a = node();
    const b = node({ log: like(log, { since }), propagationMs: 1_000 });
    b.events.subscribe("x", b.take);
    await b.events.begin();
    hidden.add("slow");
    await a.events.broadcast("x", "slow");
    await a.events.broadcast("x", "fast");
    await b.events.poll();
    hidden.clear();
    clock.advance(500);
    for (let i = 0; i < 10; i++) {
      await b.events.poll();
      clock.advance(250);
    }
    expect(b.got).toEqual(["fast", "slow"]);
  });

  test("wait for the propagation time, or for the delay that is asked for", async () => {
    const { node, clock } = world();
    const [a, b] = [node({ propagationMs: 1_000 }), node()];
    b.events.subscribe("x", b.take);
    await b.events.begin();
    await a.events.broadcast("x", "spread");
    await a.events.broadcast("x", "now", { delayMs: 0 });
    expect(await b.events.poll()).toBe(1_000);
    expect(b.got).toEqual(["now"]);
    clock.advance(1_000);
    await b.events.poll();
    expect(b.got).toEqual(["now", "spread"]);
  });
});

test("a key that is invalidated on one node is loaded anew on the other, from no level stale", async () => {
  const { node, clock } = world();
  const [a, b] = [node(), node()];
  const cache = ({ events }: typeof a) => {
    const cached = new Mlcache<string>({
      name: "db",
      clock,
      l2: new MemorySharedDict(clock),
      events: { subscribe: () => undefined, broadcast: () => undefined },
    });
    return { cached, shared: clusterInvalidation(events, "db", cached) };
  };
  const [one, other] = [cache(a), cache(b)];
  await Promise.all([a.events.begin(), b.events.begin()]);
  let row = "1";
  const load = (): string => row;
  const read = async (): Promise<(string | undefined)[]> => [
    (await one.cached.get("k", load)).value,
    (await other.cached.get("k", load)).value,
  ];
  expect(await read()).toEqual(["1", "1"]);
  row = "2";
  await one.shared.invalidate("k");
  expect(await read()).toEqual(["2", "1"]);
  await b.events.poll();
  expect(await read()).toEqual(["2", "2"]);
  row = "3";
  await other.shared.purge();
  await a.events.poll();
  expect(await read()).toEqual(["3", "3"]);
  other.shared.close();
  row = "4";
  await one.shared.invalidate("k");
  await b.events.poll();
  expect(await read()).toEqual(["4", "3"]);
});

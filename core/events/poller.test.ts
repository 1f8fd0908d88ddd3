import { describe, expect, test } from "vitest";
import { like, world } from "../../test/support/clusternodes.ts";
import type { EventLog } from "../ports/eventlog.ts";

describe("a cluster poller", () => {
  test("finds events at its interval where nothing signals", async () => {
    const { node, timers, log, poller } = world();
    const a = node();
    const b = node({ log: like(log, {}) });
    b.events.subscribe("x", b.take);
    const running = poller(b);
    await running.start();
    await a.events.broadcast("x", "1");
    await timers.advance(4_999);
    expect(b.got).toEqual([]);
    await timers.advance(1);
    expect(b.got).toEqual(["1"]);
    await running.close();
    await a.events.broadcast("x", "2");
    await timers.advance(60_000);
    expect(b.got).toEqual(["1"]);
  });

  test("looks at once when the log signals, and when a delayed event is due", async () => {
    const { node, timers, poller } = world();
    const [a, b] = [node(), node()];
    const arrived = new Promise<void>((resolve) =>
      b.events.subscribe("x", (events) => {
        b.take(events);
        resolve();
      }),
    );
    const running = poller(b);
    await running.start();
    await a.events.broadcast("x", "late", { delayMs: 700 });
    await a.events.broadcast("x", "1");
    await arrived;
    await b.events.poll();
    expect(b.got).toEqual(["1"]);
    await timers.advance(700);
    expect(b.got).toEqual(["1", "late"]);
    await running.close();
  });

  test("watches again after a watch is lost or dead, and runs what follows each look", async () => {
    const { node, timers, log, poller } = world();
    let watches = 0;
    let lose: () => void = () => undefined;
    let isAlive = true;
    const watch: EventLog["watch"] = async (_, onLost) => {
      watches++;
      lose = onLost;
      return { isAlive: async () => isAlive, stop: async () => undefined };
    };
    const b = node({ log: like(log, { watch }) });
    let looks = 0;
    const running = poller(b, () => void looks++);
    await running.start();
    expect([watches, looks]).toEqual([1, 1]);
    lose();
    await timers.advance(100);
    expect(watches).toBe(2);
    isAlive = false;
    await timers.advance(5_000);
    expect(watches).toBe(3);
    expect(looks).toBeGreaterThan(2);
    await running.close();
  });

  test("tells once that the log can't be reached, and goes on", async () => {
    const { node, timers, log, logger, poller } = world();
    let isDown = false;
    const since: EventLog["since"] = (...where) =>
      isDown ? Promise.reject(new Error("down")) : log.since(...where);
    const [a, b] = [node(), node({ log: like(log, { since }) })];
    b.events.subscribe("x", b.take);
    const running = poller(b);
    await running.start();
    isDown = true;
    await a.events.broadcast("x", "1");
    await timers.advance(20_000);
    expect(logger.records).toHaveLength(1);
    isDown = false;
    await timers.advance(5_000);
    expect(b.got).toEqual(["1"]);
    await running.close();
  });
});

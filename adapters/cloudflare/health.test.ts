import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { describeDialer } from "../../test/contracts/dialer.ts";
import type { Env } from "../../workers/env.ts";
import { MemoryClock, MemoryLogger, MemoryTimers } from "../memory/index.ts";
import { AlarmTimers } from "./alarm.ts";
import { socketDialer } from "./dialer.ts";
import { StorageHealthBoard } from "./healthboard.ts";

describeDialer("the runtime's sockets", socketDialer);

describe("the health board of a Durable Object", () => {
  test("keeps, adds and forgets numbers", async () => {
    const stub = (env as unknown as Required<Env>).HEALTH.getByName("board");
    await runInDurableObject(stub, (_, state) => {
      const board = new StorageHealthBoard(state.storage.kv);
      expect(board.get("a")).toBeUndefined();
      board.set("a", 2, Infinity);
      expect([board.get("a"), board.incr("a", 3, 9), board.incr("b", 3, 9)]).toEqual([2, 5, 12]);
      board.set("a", 0, 1);
      expect(board.get("a")).toBeUndefined();
    });
  });
});

describe("timers that an alarm drives", () => {
  const world = () => {
    const clock = new MemoryClock();
    const logger = new MemoryLogger();
    return { clock, logger, timers: new AlarmTimers(new MemoryTimers(clock), clock, logger) };
  };

  test("run what is due when it rings, and say when to ring next", async () => {
    const { clock, timers } = world();
    const runs: string[] = [];
    timers.every(1000, "a", () => void runs.push("a"));
    const cancel = timers.every(3000, "b", () => void runs.push("b"));
    expect(timers.nextMs).toBe(clock.nowMs() + 1000);
    clock.advance(1000);
    await timers.ring(false);
    expect([runs, timers.nextMs]).toEqual([["a"], clock.nowMs() + 1000]);
    cancel();
    clock.advance(2000);
    await timers.ring(false);
    expect(runs).toEqual(["a", "a"]);
  });

  test("run everything after a sleep, a failure taking no other with it", async () => {
    const { logger, timers } = world();
    let runs = 0;
    timers.every(1000, "bad", () => {
      throw new Error("no");
    });
    timers.every(9000, "good", () => void runs++);
    await timers.ring(true);
    expect([runs, logger.records.map(({ message }) => message)]).toEqual([1, ["the timer bad failed"]]);
  });
});

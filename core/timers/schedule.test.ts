import { describe, expect, test } from "vitest";
import {
  MemoryClock,
  MemoryLock,
  MemoryLogger,
  MemoryRandom,
  MemoryTimers,
} from "../../adapters/memory/index.ts";
import { describeTimers } from "../../test/contracts/timers.ts";
import { addStatistics, Schedule } from "./index.ts";

const world = () => {
  const clock = new MemoryClock();
  const timers = new MemoryTimers(clock);
  const lock = new MemoryLock(timers);
  const logger = new MemoryLogger();
  const schedule = (seed = 1): Schedule =>
    new Schedule({ timers, clock, lock, logger, random: new MemoryRandom(seed) });
  return { clock, timers, logger, schedule };
};

describeTimers("a schedule", () => {
  const { timers, schedule } = world();
  return { timers: schedule(), pass: (ms) => timers.advance(ms) };
});

describe("a schedule", () => {
  test("counts runs, failures and what takes how long, by name", async () => {
    const { clock, timers, logger, schedule } = world();
    const jobs = schedule();
    let runs = 0;
    jobs.every(100, "a", () => {
      clock.advance(++runs * 10);
      if (runs === 2) throw new Error("no");
    });
    jobs.at(50, "b", () => undefined);
    jobs.at(10_000, "c", () => undefined);
    expect(jobs.statistics).toEqual({ running: 0, waiting: 3, runs: 0, jobs: {} });
    await timers.advance(250);
    expect(jobs.statistics).toEqual({
      running: 0,
      waiting: 2,
      runs: 3,
      jobs: {
        a: { runs: 2, finished: 1, lastError: "no", elapsedMs: { last: 20, most: 20, sum: 30 } },
        b: { runs: 1, finished: 1, lastError: undefined, elapsedMs: { last: 0, most: 0, sum: 0 } },
      },
    });
    expect(logger.records.map(({ message }) => message)).toEqual(["the timer a failed"]);
    const twice = addStatistics([jobs.statistics, jobs.statistics]);
    expect(twice).toMatchObject({ waiting: 4, runs: 6, jobs: { a: { runs: 4, elapsedMs: { sum: 60 } } } });
  });

  test("tells what is running", async () => {
    const { timers, schedule } = world();
    const jobs = schedule();
    let seen = 0;
    jobs.at(1, "a", () => void (seen = jobs.statistics.running));
    await timers.advance(1);
    expect([seen, jobs.statistics.running]).toEqual([1, 0]);
  });

  test("cancels by name, or all", async () => {
    const { timers, schedule } = world();
    const jobs = schedule();
    const ran: string[] = [];
    for (const name of ["a", "a", "b", "c"]) jobs.every(10, name, () => void ran.push(name));
    expect([jobs.cancel("a"), jobs.cancel("a"), jobs.cancel("x")]).toEqual([2, 0, 0]);
    await timers.advance(10);
    expect(ran).toEqual(["b", "c"]);
    jobs.close();
    await timers.advance(100);
    expect(ran).toEqual(["b", "c"]);
    expect(jobs.statistics.waiting).toBe(0);
  });

  test("spreads runs by jitter, never before the interval and never later than its share", async () => {
    const { clock, timers, schedule } = world();
    const times: number[] = [];
    schedule().every(1_000, "a", () => void times.push(clock.nowMs()), { jitter: 0.5 });
    await timers.advance(30_000);
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    expect(new Set(gaps).size).toBeGreaterThan(5);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1_500);
  });

  test("runs a shared job on one of several, which keeps it, until it ends and another takes over", async () => {
    const { timers, schedule } = world();
    const ran: string[] = [];
    const [one, other] = [schedule(1), schedule(2)];
    one.every(100, "job", () => void ran.push("one"), { isShared: true, jitter: 0.2 });
    other.every(100, "job", () => void ran.push("other"), { isShared: true, jitter: 0.2 });
    await timers.advance(1_000);
    const [first] = ran;
    expect(ran.length).toBeGreaterThanOrEqual(8);
    expect(new Set(ran)).toEqual(new Set([first]));
    (first === "one" ? one : other).close();
    ran.length = 0;
    await timers.advance(400);
    expect(new Set(ran)).toEqual(new Set([first === "one" ? "other" : "one"]));
  });

  test("takes a shared job over from one that died with it, after at most three intervals", async () => {
    const { clock, timers, logger } = world();
    const lock = new MemoryLock(timers);
    const ran: string[] = [];
    const of = (name: string, wakes: () => boolean): void => {
      // One that died is woken no more, and says nothing.
      const at: MemoryTimers["at"] = (ms, what, work) =>
        timers.at(ms, what, () => (wakes() ? work() : undefined));
      new Schedule({ timers: { at }, clock, lock, logger, random: new MemoryRandom() }).every(
        100,
        "job",
        () => void ran.push(name),
        { isShared: true },
      );
    };
    let lives = true;
    of("one", () => lives);
    of("other", () => true);
    await timers.advance(250);
    expect(ran).toEqual(["one", "one"]);
    lives = false;
    await timers.advance(300);
    expect(ran.slice(2)[0]).toBe("other");
  });

  test("begins no second run of a shared job while the first takes longer than any lease", async () => {
    const { timers, schedule } = world();
    let running = 0;
    let most = 0;
    let finish: () => void = () => undefined;
    const long = (): Promise<void> => {
      most = Math.max(most, ++running);
      return new Promise((resolve) => {
        finish = () => {
          running--;
          resolve();
        };
      });
    };
    schedule(1).every(100, "job", long, { isShared: true });
    schedule(2).every(100, "job", long, { isShared: true });
    // The first run hangs in `advance`, which waits for it: time goes on beside it.
    const first = timers.advance(100);
    await Promise.resolve();
    for (let i = 0; i < 20; i++) await timers.advance(50);
    expect([running, most]).toEqual([1, 1]);
    finish();
    await first;
  });

  test("refuses a shared job without a lock", () => {
    const { clock, timers, logger } = world();
    const jobs = new Schedule({ timers, clock, logger, random: new MemoryRandom() });
    expect(() => jobs.every(1, "a", () => undefined, { isShared: true })).toThrow(TypeError);
  });
});

import { expect, test } from "vitest";
import { MemoryLogger } from "../memory/index.ts";
import { CronTimers } from "./index.ts";

const minuteMs = 60_000;

test("a cron trigger runs each job in its minutes, whichever isolate it wakes", async () => {
  const ran: string[] = [];
  const isolate = (): CronTimers => {
    const cron = new CronTimers(new MemoryLogger());
    cron.every(1, "each", () => void ran.push("each"));
    cron.every(5 * minuteMs, "fifth", () => void ran.push("fifth"));
    return cron;
  };
  const startMs = 10 * minuteMs;
  for (let minute = 0; minute < 10; minute++) await isolate().ring(startMs + minute * minuteMs + 7);
  expect(ran.filter((name) => name === "each")).toHaveLength(10);
  expect(ran.filter((name) => name === "fifth")).toHaveLength(2);
});

test("a job that fails is logged and holds up no other; one that is cancelled does not run", async () => {
  const logger = new MemoryLogger();
  const cron = new CronTimers(logger);
  const ran: string[] = [];
  cron.every(minuteMs, "bad", () => {
    throw new Error("no");
  });
  cron.every(minuteMs, "good", () => void ran.push("good"));
  cron.every(minuteMs, "gone", () => void ran.push("gone"))();
  await cron.ring(0);
  expect(ran).toEqual(["good"]);
  expect(logger.records.map(({ message }) => message)).toEqual(["the timer bad failed"]);
});

import { afterEach, expect, test, vi } from "vitest";
import { NodeLogLevel } from "./loglevel.ts";

afterEach(() => vi.useRealTimers());

test("a level that was set for a while goes back to the configured one", () => {
  vi.useFakeTimers();
  const applied: string[] = [];
  const control = new NodeLogLevel("notice", (level) => applied.push(level));
  control.set("debug", 10_000);
  vi.advanceTimersByTime(9_000);
  control.set("info", 10_000);
  vi.advanceTimersByTime(9_999);
  expect([control.current, ...applied]).toEqual(["info", "debug", "info"]);
  vi.advanceTimersByTime(1);
  expect([control.current, ...applied]).toEqual(["notice", "debug", "info", "notice"]);
});

test("a level that was set for good stays", () => {
  vi.useFakeTimers();
  const control = new NodeLogLevel("notice", () => undefined);
  control.set("debug", 0);
  vi.advanceTimersByTime(1e9);
  expect(control.current).toBe("debug");
});

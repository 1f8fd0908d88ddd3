import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Deadline, forgetNow } from "./deadline.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function deadline(): { told: () => number; deadline: Deadline } {
  let told = 0;
  return { told: () => told, deadline: new Deadline({ timedOut: () => told++ }) };
}

const pass = (ms: number): void => {
  vi.advanceTimersByTime(ms);
  forgetNow();
};

describe("a deadline", () => {
  it("comes once, not early, and at most a step late", () => {
    const one = deadline();
    forgetNow();
    one.deadline.arm(1_000);
    pass(999);
    expect(one.told()).toBe(0);
    pass(41);
    expect(one.told()).toBe(1);
    pass(10_000);
    expect([one.told(), one.deadline.armed]).toEqual([1, false]);
  });

  it("that is set anew counts from then", () => {
    const one = deadline();
    for (let i = 0; i < 10; i++) {
      forgetNow();
      one.deadline.arm(1_000);
      pass(900);
    }
    expect(one.told()).toBe(0);
    pass(150);
    expect(one.told()).toBe(1);
  });

  it("that is set shorter comes sooner, and set longer comes later", () => {
    const one = deadline();
    forgetNow();
    one.deadline.arm(60_000);
    one.deadline.arm(100);
    pass(150);
    expect(one.told()).toBe(1);
    one.deadline.arm(100);
    one.deadline.arm(5_000);
    pass(4_900);
    expect(one.told()).toBe(1);
    pass(200);
    expect(one.told()).toBe(2);
  });

  it("that is lifted never comes", () => {
    const one = deadline();
    forgetNow();
    one.deadline.arm(100);
    one.deadline.disarm();
    pass(1_000);
    one.deadline.arm(0);
    one.deadline.arm(Number.POSITIVE_INFINITY);
    pass(1_000_000);
    expect(one.told()).toBe(0);
  });

  it("keeps its time among ten thousand others", () => {
    let early = 0;
    let late = 0;
    let told = 0;
    forgetNow();
    for (let i = 0; i < 10_000; i++) {
      const dueMs = performance.now() + 10 + (i % 977) * 7;
      const timedOut = (): void => {
        told++;
        if (performance.now() < dueMs) early++;
        if (performance.now() > dueMs + 45) late++;
      };
      new Deadline({ timedOut }).arm(10 + (i % 977) * 7);
    }
    pass(10_000);
    expect([told, early, late]).toEqual([10_000, 0, 0]);
  });
});

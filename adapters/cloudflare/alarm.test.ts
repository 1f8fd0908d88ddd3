import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { EventLogObject } from "./index.ts";

const objects = (env as unknown as { EVENTS: DurableObjectNamespace<EventLogObject> }).EVENTS;
let count = 0;
const inObject = <T>(work: (object: EventLogObject) => Promise<T>): Promise<T> =>
  runInDurableObject(objects.getByName(`timers ${++count}`), (object) => work(object));
const until = async (holds: () => boolean): Promise<void> => {
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error("it never holds");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

test("alarms run work once or again and again, cancelled or not, whether it fails or not", () =>
  inObject(async ({ timers }) => {
    const ran = { once: 0, often: 0, never: 0, failing: 0 };
    timers.at(20, "once", () => void ran.once++);
    timers.at(10, "never", () => void ran.never++)();
    const cancel = timers.every(5, "often", () => void ran.often++);
    const end = timers.every(5, "failing", () => {
      ran.failing++;
      throw new Error("it failed");
    });
    await until(() => ran.often > 2 && ran.failing > 2 && ran.once > 0);
    cancel();
    cancel();
    const before = ran.often;
    const failed = ran.failing;
    await until(() => ran.failing > failed + 2);
    end();
    expect(ran).toMatchObject({ once: 1, never: 0, often: before });
    expect([timers.dueMs("once"), timers.dueMs("often")]).toEqual([undefined, undefined]);
  }));

test("a run never overlaps with the one before", () =>
  inObject(async ({ timers }) => {
    let [running, most, runs] = [0, 0, 0];
    const cancel = timers.every(1, "slow", async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 15));
      running--;
      runs++;
    });
    await until(() => runs > 3);
    cancel();
    expect(most).toBe(1);
  }));

test("a job that is registered again after the object was evicted keeps its time", async () => {
  const stub = objects.getByName("kept");
  const first = await runInDurableObject(stub, (object) => {
    object.timers.every(600_000, "job", () => undefined);
    return object.timers.dueMs("job");
  });
  await evictDurableObject(stub);
  const second = await runInDurableObject(stub, (object) => {
    expect(object.timers.dueMs("job")).toBeUndefined();
    object.timers.every(900_000, "job", () => undefined);
    return object.timers.dueMs("job");
  });
  expect(second).toBe(first);
});

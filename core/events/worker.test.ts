import { expect, test } from "vitest";
import { MemoryBusHub, MemoryClock, MemoryLogger, MemorySharedDict } from "../../adapters/memory/index.ts";
import { Mlcache } from "../mlcache/index.ts";
import { EventQueueFull, workerCacheEvents, WorkerEvents } from "./index.ts";

const world = (maxQueued?: number) => {
  const clock = new MemoryClock();
  const logger = new MemoryLogger();
  const hub = new MemoryBusHub(clock, maxQueued);
  const worker = (number: number): WorkerEvents => new WorkerEvents(hub.join(number), logger);
  return { clock, logger, hub, worker };
};
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

test("a subscriber gets what it asked for: all, a source, an event, in this order", async () => {
  const { worker } = world();
  const [a, b] = [worker(1), worker(2)];
  const got: string[] = [];
  b.subscribe("crud", "routes", ({ data }) => void got.push(`event ${JSON.stringify(data)}`));
  b.subscribe("crud", "*", ({ event }) => void got.push(`source ${event}`));
  b.subscribe("*", "*", ({ source, from }) => void got.push(`all ${source} ${from}`));
  a.publish("crud", "routes", { id: 1 });
  a.publish("crud", "services", null);
  a.publish("other", "routes", null);
  await settle();
  expect(got).toEqual([
    "all crud 1",
    "source routes",
    'event {"id":1}',
    "all crud 1",
    "source services",
    "all other 1",
  ]);
  expect(() => a.subscribe("*", "routes", () => undefined)).toThrow(TypeError);
});

test("a subscriber that fails is told and holds up no other; one that left gets nothing", async () => {
  const { worker, logger } = world();
  const events = worker(1);
  let count = 0;
  const handler = (): void => void count++;
  events.subscribe("s", "e", () => {
    throw new Error("broken");
  });
  const cancel = events.subscribe("s", "e", handler);
  events.subscribe("s", "e", handler);
  events.publish("s", "e", 1, { to: "self" });
  await settle();
  cancel();
  events.publish("s", "e", 2, { to: "self" });
  await settle();
  expect(count).toBe(3);
  expect(logger.records.map(({ level }) => level)).toEqual(["error", "error"]);
});

test("an event that a worker's queue has no room for is an error of the publisher", () => {
  const { worker } = world(2);
  const events = worker(1);
  events.subscribe("s", "e", () => undefined);
  events.publish("s", "e", 1);
  events.publish("s", "e", 2);
  expect(() => events.publish("s", "e", 3)).toThrow(EventQueueFull);
});

test("who only publishes is no receiver: what goes to any one reaches a worker that listens", async () => {
  const { worker } = world();
  const [publisher, listener] = [worker(1), worker(2)];
  const got: unknown[] = [];
  listener.subscribe("s", "e", ({ data }) => void got.push(data));
  for (let i = 0; i < 4; i++) publisher.publish("s", "e", i, { to: "one" });
  await settle();
  expect(got).toEqual([0, 1, 2, 3]);
});

test("a worker that comes anew under its number gets what is published from then on", async () => {
  const { worker } = world();
  const [a, b] = [worker(1), worker(2)];
  b.subscribe("s", "e", () => undefined);
  b.close();
  a.publish("s", "e", "missed");
  await settle();
  const again = worker(2);
  const got: unknown[] = [];
  again.subscribe("s", "e", ({ data }) => void got.push(data));
  a.publish("s", "e", "seen");
  await settle();
  expect(got).toEqual(["seen"]);
});

test("caches on several workers forget together, and everything when events may be lost", async () => {
  const { clock, logger } = world();
  const l2 = new MemorySharedDict(clock);
  const hub = new MemoryBusHub(clock);
  const losses: (() => void)[] = [];
  const cacheOn = (number: number): Mlcache<string> => {
    const bus = hub.join(number);
    const events = new WorkerEvents(
      {
        send: (to, text) => bus.send(to, text),
        receive: (receiver) => {
          losses.push(() => receiver.lost());
          return bus.receive(receiver);
        },
      },
      logger,
    );
    return new Mlcache<string>({ name: "c", clock, l2, events: workerCacheEvents(events, "c") });
  };
  const [a, b] = [cacheOn(1), cacheOn(2)];
  const load = (): string => "loaded";
  await a.get("k", load);
  expect(await b.get("k", load)).toEqual({ value: "loaded", from: "l2" });
  expect(b.get("k", load)).toEqual({ value: "loaded", from: "l1" });
  await a.set("k", "new");
  await settle();
  expect(await b.get("k", load)).toEqual({ value: "new", from: "l2" });
  losses[1]!();
  expect(await b.get("k", load)).toEqual({ value: "new", from: "l2" });
});

import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { MemoryLogger, MemoryRandom } from "../memory/index.ts";
import { ClusterEvents, type NewEvent } from "../../core/index.ts";
import { describeEventLog } from "../../test/contracts/eventlog.ts";
import { DurableEventLog, type EventLogObject } from "./index.ts";

const objects = (env as unknown as { EVENTS: DurableObjectNamespace<EventLogObject> }).EVENTS;
let count = 0;
const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const event = (data: string, rest: Partial<NewEvent> = {}): NewEvent => ({
  id: data,
  node: "n",
  channel: "c",
  data,
  delayMs: 0,
  keepMs: 60_000,
  ...rest,
});

describeEventLog("a Durable Object", async () => {
  const name = `contract ${++count}`;
  return {
    log: new DurableEventLog(objects, name),
    other: new DurableEventLog(objects, name),
    pass,
    close: async () => undefined,
  };
});

test("an alarm is set for a delayed event, and brings it up", async () => {
  const log = new DurableEventLog(objects, "alarm");
  await log.append([event("late", { delayMs: 40 })]);
  const stub = objects.getByName("alarm");
  await pass(60);
  // It rang by itself, or is told to ring now.
  await runDurableObjectAlarm(stub);
  const rows = await runInDurableObject(stub, (_, state) =>
    state.storage.sql.exec("SELECT data FROM events").toArray(),
  );
  expect(rows).toEqual([{ data: "late" }]);
});

test("the log and its place outlive the object's memory", async () => {
  const log = new DurableEventLog(objects, "evicted");
  await log.append([event("a"), event("b", { delayMs: 60_000 })]);
  await evictDurableObject(objects.getByName("evicted"));
  await log.append([event("c")]);
  const page = (await log.since(0, 0, 10))!;
  expect(page.events.map(({ data }) => data)).toEqual(["a", "c"]);
  expect(page.dueInMs).toBeGreaterThan(0);
});

test("two readers get an event with their next poll, and reload when it was pruned before", async () => {
  const log = new DurableEventLog(objects, "two");
  const node = (name: string) => {
    const events = new ClusterEvents({
      log: new DurableEventLog(objects, "two"),
      node: name,
      random: new MemoryRandom(++count),
      logger: new MemoryLogger(),
    });
    const got: string[] = [];
    events.subscribe("c", (some) => void got.push(...some.map(({ data }) => data)));
    events.onGap(() => void got.push("reload"));
    return { events, got };
  };
  const [a, b] = [node("a"), node("b")];
  await Promise.all([a.events.begin(), b.events.begin()]);
  await log.append([event("1")]);
  await a.events.poll();
  await log.append([event("2", { keepMs: 0 })]);
  await log.prune();
  await Promise.all([a.events.poll(), b.events.poll()]);
  expect([a.got, b.got]).toEqual([["1", "reload"], ["reload"]]);
});

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EventLog, LoggedEvent, NewEvent } from "../../core/index.ts";

export interface EventLogWorld {
  readonly log: EventLog;
  /** Another reader and writer of the same events, as from another process; the same one where there is no other. */
  readonly other: EventLog;
  /** Lets about `ms` pass for the log. */
  pass(ms: number): void | Promise<void>;
  close(): Promise<void>;
}

/** The promises of {@link EventLog}. */
export const describeEventLog = (name: string, make: () => Promise<EventLogWorld>): void => {
  describe(`the event log of ${name}`, () => {
    let world: EventLogWorld;
    let log: EventLog;
    let other: EventLog;
    beforeEach(async () => {
      world = await make();
      ({ log, other } = world);
    });
    afterEach(() => world.close());

    let count = 0;
    const event = (data: string, rest: Partial<NewEvent> = {}): NewEvent => ({
      id: `00000000-0000-4000-8000-${String(++count).padStart(12, "0")}`,
      node: "n1",
      channel: "c",
      data,
      delayMs: 0,
      keepMs: 3_600_000,
      ...rest,
    });
    const texts = (events: readonly LoggedEvent[]): string[] => events.map(({ data }) => data);
    const read = async (from = 0, lookBackMs = 0, limit = 100): Promise<readonly LoggedEvent[]> =>
      (await other.since(from, lookBackMs, limit))!.events;
    const until = async (holds: () => Promise<boolean>): Promise<void> => {
      const deadline = performance.now() + 10_000;
      while (!(await holds())) {
        if (performance.now() > deadline) throw new Error("it never holds");
        await world.pass(20);
      }
    };

    test("is empty in the beginning", async () => {
      expect(await log.head()).toBe(0);
      expect(await log.since(0, 0, 10)).toEqual({ events: [], dueInMs: undefined });
    });

    test("gives events back as they were sent, in order, to every reader", async () => {
      const sent = [event("ä\"';\n😀", { channel: "x", node: "n2" }), event("b"), event("")];
      await log.append(sent.slice(0, 2));
      await log.append(sent.slice(2));
      const events = await read();
      expect(events.map(({ id, node, channel, data }) => ({ id, node, channel, data }))).toEqual(
        sent.map(({ id, node, channel, data }) => ({ id, node, channel, data })),
      );
      const seqs = events.map(({ seq }) => seq);
      expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
      expect(await other.head()).toBe(seqs.at(-1));
    });

    test("goes on after any place, by pages", async () => {
      await log.append(["a", "b", "c", "d", "e"].map((data) => event(data)));
      const first = await read(0, 0, 2);
      expect(texts(first)).toEqual(["a", "b"]);
      expect(texts(await read(first[1]!.seq, 0, 2))).toEqual(["c", "d"]);
      expect(texts(await read(await log.head()))).toEqual([]);
    });

    test("takes an event once, however often it is sent", async () => {
      const sent = event("a");
      await log.append([sent]);
      await other.append([sent, event("b")]);
      expect(texts(await read())).toEqual(["a", "b"]);
    });

    test("appends several events or none", async () => {
      const broken = { ...event("b"), data: undefined } as unknown as NewEvent;
      await log.append([event("a"), broken]).catch(() => undefined);
      expect([0, 2]).toContain((await read()).length);
    });

    test("loses no event and shows none behind a reader while many write", async () => {
      const writers = [log, other, log, other].map(async (to, writer) => {
        for (let i = 0; i < 25; i++) await to.append([event(`${writer}-${i}`), event(`${writer}+${i}`)]);
      });
      const got: string[] = [];
      let seq = 0;
      let isDone = false;
      const reader = (async () => {
        for (let last = false; ; last = isDone) {
          const events = await read(seq, 0, 7);
          got.push(...texts(events));
          seq = events.at(-1)?.seq ?? seq;
          if (last && events.length === 0) return;
        }
      })();
      await Promise.all(writers);
      isDone = true;
      await reader;
      expect(got).toHaveLength(200);
      expect(new Set(got).size).toBe(200);
    }, 30_000);

    test("shows a delayed event when its time has come, after all that could be read before", async () => {
      await log.append([event("late", { delayMs: 300 }), event("now")]);
      const page = (await other.since(0, 0, 10))!;
      expect(texts(page.events)).toEqual(["now"]);
      expect(page.dueInMs).toBeGreaterThan(0);
      expect(page.dueInMs).toBeLessThanOrEqual(300);
      const [now] = page.events;
      await until(async () => (await read(now!.seq)).length > 0);
      const [late] = await read(now!.seq);
      expect(late!.data).toBe("late");
      expect(late!.atMs - now!.atMs).toBeGreaterThanOrEqual(300);
      expect((await other.since(late!.seq, 0, 10))!.dueInMs).toBeUndefined();
    });

    test("shows delayed events in the order of their times", async () => {
      await log.append([
        event("c", { delayMs: 90 }),
        event("a", { delayMs: 30 }),
        event("b", { delayMs: 60 }),
      ]);
      await until(async () => (await read()).length === 3);
      expect(texts(await read())).toEqual(["a", "b", "c"]);
    });

    test("shows the events of a look-back again, and no older ones", async () => {
      await log.append([event("old")]);
      const [old] = await read();
      await until(async () => {
        await log.append([event("tick", { keepMs: 1 })]);
        return (await read(await log.head(), 3_600_000)).at(-1)!.atMs - old!.atMs > 200;
      });
      await log.append([event("young")]);
      const again = await read(await log.head(), 100);
      expect(texts(again)).toContain("young");
      expect(texts(again)).not.toContain("old");
      expect(texts(await read(await log.head(), 3_600_000))).toContain("old");
    });

    test("says so when events after the reader's place are deleted", async () => {
      await log.append([event("a", { keepMs: 1 }), event("b")]);
      const [a] = await read();
      await until(async () => {
        await log.prune();
        return (await other.since(0, 0, 10)) === undefined;
      });
      expect(texts(await read(a!.seq))).toEqual(["b"]);
      expect(await log.head()).toBeGreaterThan(a!.seq);
      await log.append([event("c")]);
      expect(texts(await read(a!.seq))).toEqual(["b", "c"]);
    });

    test("signals to those who watch", async () => {
      if (other.watch === undefined) return;
      let signals = 0;
      const watch = await other.watch(
        () => {
          signals++;
        },
        () => undefined,
      );
      expect(await watch.isAlive()).toBe(true);
      await log.append([event("a")]);
      await until(async () => signals > 0);
      await watch.stop();
      await watch.stop();
      expect(await watch.isAlive()).toBe(false);
    });
  });
};

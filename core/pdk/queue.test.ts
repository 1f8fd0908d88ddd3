import { describe, expect, test } from "vitest";
import { MemoryClock, MemoryLogger, MemoryTimers } from "../../adapters/memory/index.ts";
import { Queue, type QueueOptions } from "./queue.ts";
import { gatewayOn, oneRoute } from "../../testing/index.ts";

const defaults: QueueOptions = {
  max_batch_size: 1,
  max_coalescing_delay: 1,
  max_entries: 10,
  max_bytes: null,
  max_retry_time: 60,
  initial_retry_delay: 1,
  max_retry_delay: 4,
  concurrency_limit: 1,
};

const make = (options: Partial<QueueOptions>) => {
  const logger = new MemoryLogger();
  const clock = new MemoryClock();
  const timers = new MemoryTimers(clock);
  const batches: string[][] = [];
  const sink = { fails: 0 };
  const queue = new Queue("q", { ...defaults, ...options }, { timers, logger }, async (texts) => {
    await Promise.resolve();
    if (sink.fails > 0) {
      sink.fails--;
      throw new Error("refused");
    }
    batches.push([...texts]);
  });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  /** Lets seconds pass one by one, with everything that follows from each. */
  const pass = async (seconds: number): Promise<void> => {
    for (let i = 0; i < seconds; i++) {
      await settle();
      await timers.advance(1000);
    }
    await settle();
  };
  return { queue, batches, sink, pass, settle, logger };
};

describe("a queue", () => {
  test("of single records delivers each one at once, in order", async () => {
    const { queue, batches, settle } = make({});
    void queue.push("a");
    void queue.push("b");
    await settle();
    expect(batches).toEqual([["a"], ["b"]]);
  });

  test("sends a batch when it is full, or when it waited long enough", async () => {
    const { queue, batches, settle, pass } = make({ max_batch_size: 2, max_coalescing_delay: 3 });
    for (const text of ["a", "b", "c"]) void queue.push(text);
    await settle();
    expect(batches).toEqual([["a", "b"]]);
    await pass(2);
    expect(batches).toHaveLength(1);
    await pass(1);
    expect(batches[1]).toEqual(["c"]);
  });

  test("tries again with growing delay, and keeps the order", async () => {
    const { queue, batches, sink, pass } = make({});
    sink.fails = 3;
    void queue.push("a");
    void queue.push("b");
    await pass(6);
    expect(batches).toEqual([]);
    await pass(1);
    expect(batches).toEqual([["a"], ["b"]]);
  });

  test("gives up in time and says so; the next record has its own chance", async () => {
    const { queue, batches, sink, pass, logger } = make({ max_retry_time: 3 });
    sink.fails = 3;
    const given = queue.push("a");
    void queue.push("b");
    await pass(4);
    await given;
    expect(batches).toEqual([["b"]]);
    expect(logger.records.at(-1)).toMatchObject({ level: "error", message: "q: 1 given up" });
  });

  test.each([
    ["entries", { max_entries: 2 }],
    ["bytes", { max_bytes: 2 }],
  ])("that is full of %s drops the oldest", async (_, options) => {
    const { queue, batches, sink, pass } = make({ ...options, max_batch_size: 5, max_coalescing_delay: 3 });
    sink.fails = 0;
    const dropped = queue.push("a");
    void queue.push("b");
    void queue.push("c");
    await dropped;
    await pass(3);
    expect(batches).toEqual([["b", "c"]]);
  });

  test("without a limit of concurrency waits for nobody", async () => {
    const { queue, batches, sink, settle } = make({ concurrency_limit: -1, max_batch_size: 9 });
    sink.fails = 1;
    void queue.push("a");
    void queue.push("b");
    await settle();
    expect(batches).toEqual([["b"]]);
  });
});

const metric = { name: "request_count", stat_type: "counter", sample_rate: 1 };

describe("a plugin that delivers in batches", () => {
  test.each([
    ["http-log", { http_endpoint: "http://logs.test/in" }],
    ["statsd", { metrics: [metric] }],
    ["datadog", { metrics: [metric] }],
  ])("waits as its queue is told, by the old name too: %s", async (name, config) => {
    for (const told of [
      { queue: { max_batch_size: 10, max_coalescing_delay: 5 } },
      { queue: { max_batch_size: 10 }, flush_timeout: 5 },
    ]) {
      const { client, ports } = gatewayOn(oneRoute([{ name, config: { ...config, ...told } }]));
      const delivered = (): number => ports.fetcher.sent.length + ports.sockets.datagrams.length;
      await client.send({ target: "/t" });
      await client.send({ target: "/t" });
      await ports.timers.advance(4_000);
      expect(delivered()).toBe(0);
      await ports.timers.advance(1_000);
      await expect.poll(delivered).toBeGreaterThan(0);
    }
  });
});

import { describe, expect, test } from "vitest";
import type { WorkerBus } from "../../core/index.ts";

export interface WorkerBusWorld {
  /** @param worker From 1. Its queue takes at most 100 messages. */
  join(worker: number): WorkerBus;
  /** Lets `ms` pass. */
  pass(ms: number): void | Promise<void>;
}

/** Turns of the event loop until it is so; a limit tells a message that never comes. */
export const until = async (condition: () => boolean): Promise<void> => {
  for (let turns = 0; !condition() && turns < 20_000; turns++)
    await new Promise((resolve) => setTimeout(resolve));
  expect(condition()).toBe(true);
};

/** The promises of {@link WorkerBus}. */
export const describeWorkerBus = (name: string, make: () => WorkerBusWorld): void => {
  const listen = (bus: WorkerBus) => {
    const got: string[] = [];
    const stop = bus.receive({
      message: (text, from) => got.push(`${from}:${text}`),
      lost: () => got.push("lost"),
    });
    return { bus, got, stop };
  };
  const three = () => {
    const { join, pass } = make();
    const [a, b, c] = [1, 2, 3].map((worker) => listen(join(worker))) as [
      ReturnType<typeof listen>,
      ReturnType<typeof listen>,
      ReturnType<typeof listen>,
    ];
    return { a, b, c, join, pass, stop: () => [a, b, c].forEach(({ stop }) => stop()) };
  };

  describe(`the worker bus of ${name}`, () => {
    test("brings a message to all, the sender too, but not inside of sending", async () => {
      const { a, b, c, stop } = three();
      expect(a.bus.send("all", "hello")).toBe(true);
      expect(a.got).toEqual([]);
      await until(() => [a, b, c].every(({ got }) => got.length === 1));
      expect([a.got, b.got, c.got]).toEqual([["1:hello"], ["1:hello"], ["1:hello"]]);
      stop();
    });

    test("brings one to the sender alone, and one to exactly one", async () => {
      const { a, b, c, stop } = three();
      b.bus.send("self", "me");
      for (let i = 0; i < 30; i++) a.bus.send("one", `${i}`);
      const all = (): string[] => [...a.got, ...b.got, ...c.got];
      await until(() => all().length === 31);
      expect(b.got).toContain("2:me");
      expect(new Set(all()).size).toBe(31);
      stop();
    });

    test("keeps what is for any one until somebody listens", async () => {
      const { join } = make();
      const [one, two] = [join(1), join(2)];
      one.send("all", "for nobody");
      expect(one.send("one", "a")).toBe(true);
      one.send("one", "b");
      const { got, stop } = listen(two);
      await until(() => got.length === 2);
      expect(got).toEqual(["1:a", "1:b"]);
      stop();
    });

    test("keeps the order of each sender", async () => {
      const { a, b, c, stop } = three();
      for (let i = 0; i < 40; i++) {
        a.bus.send("all", `${i}`);
        c.bus.send("all", `${i}`);
      }
      await until(() => b.got.length === 80);
      const order = Array.from({ length: 40 }, (_, i) => `${i}`);
      for (const from of ["1:", "3:"])
        expect(b.got.filter((text) => text.startsWith(from)).map((text) => text.slice(2))).toEqual(order);
      stop();
    });

    test("tells when a queue is full, and takes messages again when it is not", async () => {
      const { a, stop } = three();
      let sent = 0;
      while (a.bus.send("self", "x") && sent < 1000) sent++;
      expect(sent).toBe(100);
      expect(a.bus.send("all", "y")).toBe(false);
      await until(() => a.got.length === 100);
      expect(a.bus.send("all", "y")).toBe(true);
      await until(() => a.got.length === 101);
      stop();
    });

    test("sends what is to be unique once, whoever sends it, and again later", async () => {
      const { a, b, pass, stop } = three();
      for (const { bus } of [a, b, a]) expect(bus.send("one", "task", "u")).toBe(true);
      await pass(5_000);
      b.bus.send("self", "end");
      await until(() => b.got.includes("2:end"));
      a.bus.send("self", "again", "u");
      await until(() => a.got.includes("1:again"));
      expect([...a.got, ...b.got].filter((text) => text.endsWith("task")).length <= 1).toBe(true);
      stop();
    });

    test("brings nothing to who stopped listening, and goes on when the receiver throws", async () => {
      const { join } = make();
      const [one, two] = [join(1), join(2)];
      const got: string[] = [];
      const stop = one.receive({
        message: (text) => {
          got.push(text);
          throw new Error("broken");
        },
        lost: () => undefined,
      });
      expect(() => one.receive({ message: () => undefined, lost: () => undefined })).toThrow(TypeError);
      two.send("all", "a");
      two.send("all", "b");
      await until(() => got.length === 2);
      stop();
      stop();
      two.send("all", "c");
      const again = listen(one);
      two.send("all", "d");
      await until(() => again.got.length === 1);
      expect([got, again.got]).toEqual([["a", "b"], ["2:d"]]);
      again.stop();
      expect(() => two.send("all", "x".repeat(65_536))).toThrow(RangeError);
    });
  });
};

import { request } from "node:http";
import type { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { edgeModules } from "../support/edge.ts";
import { type LocalWorker, startWorkers, store } from "../support/workerd.ts";

const each = 20;
let miniflare: Miniflare;
let ports: number[];

beforeAll(async () => {
  const modules = edgeModules("test/workerd/stampede.ts");
  const worker = (name: string): LocalWorker => ({
    name,
    modules,
    exports: name === "a" ? { DictShard: store } : {},
    env: { DICT: { type: "durable-object", worker: "a", exportName: "DictShard" } },
  });
  miniflare = await startWorkers([worker("a"), worker("b")]);
  const urls = await Promise.all(["a", "b"].map((name) => miniflare.unsafeGetDirectURL(name)));
  ports = urls.map(({ port }) => Number(port));
});
afterAll(() => miniflare.dispose());

/** One caller: its answer, or undefined when it left. */
const call = (port: number, query: string) => {
  let leave = (): void => undefined;
  const answer = new Promise<string | undefined>((resolve) => {
    const sent = request({ host: "127.0.0.1", port, path: `/?${query}`, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve(text));
    });
    sent.on("error", () => resolve(undefined));
    leave = () => void sent.destroy();
    sent.end();
  });
  return { answer, leave };
};

/** 20 callers on each of two Workers; the first callback goes on when all of them wait. */
const stampede = (run: string, first: string) => {
  const query = `run=${run}&first=${first}&callers=${2 * each}`;
  const callers = ports.map((port) => Array.from({ length: each }, () => call(port, query)));
  return {
    callers: callers as [(typeof callers)[0], (typeof callers)[0]],
    again: (worker: number) => call(ports[worker]!, query).answer,
    callbacks: () => call(ports[0]!, `run=${run}&callbacks=`).answer,
  };
};
const count = (answers: readonly (string | undefined)[], wanted: string): number =>
  answers.filter((answer) => answer === wanted).length;

describe("40 callers of one key on two Workers", () => {
  test("run one callback", async () => {
    const { callers, callbacks } = stampede("one", "return");
    const answers = await Promise.all(callers.flat().map(({ answer }) => answer));
    expect([await callbacks(), count(answers, "origin"), count(answers, "l2")]).toEqual(["1", 1, 39]);
  });

  test("whose callback throws fail on its Worker, and the other loads", async () => {
    const { callers, callbacks } = stampede("two", "throw");
    const answers = await Promise.all(callers.flat().map(({ answer }) => answer));
    expect([await callbacks(), count(answers, "origin is down"), count(answers, "origin")]).toEqual([
      "2",
      each,
      1,
    ]);
  });

  test("whose callback hangs past the lease, or whose requests are gone, go on on the other Worker", async () => {
    const { callers, callbacks, again } = stampede("three", "hang");
    const answers = callers.map((some) => Promise.all(some.map(({ answer }) => answer)));
    // Nobody knows which Worker was first: the other's callers have their answers first.
    const done = await Promise.race(answers.map(async (some, i) => ({ i, found: await some })));
    expect([count(done.found, "origin"), count(done.found, "l2")]).toEqual([1, each - 1]);
    const late = 1 - done.i;
    for (const { leave } of callers[late as 0 | 1]) leave();
    expect(await again(late)).toMatch(/^l[12]$/);
    expect(await callbacks()).toBe("2");
  });
});

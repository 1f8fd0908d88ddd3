import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env as bound } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DurableEventLog, isNewer, KvConfigurations } from "../adapters/cloudflare/index.ts";
import { MemoryClock, MemoryLogger, MemoryRandom } from "../adapters/memory/index.ts";
import { webClock, webRandom } from "../adapters/web/index.ts";
import { bundledPlugins, ClusterEvents, DeclarativeConfiguration } from "../core/index.ts";
import { KvDouble } from "../test/workerd/kvdouble.ts";
import type { Env } from "./env.ts";
import { createWorker } from "./worker.ts";

const real = bound as unknown as Required<Env>;
const log = new DurableEventLog(real.EVENTS);
const events = new ClusterEvents({
  log,
  node: "publisher",
  random: new MemoryRandom(),
  logger: new MemoryLogger(),
});
/** Versions go forward through all tests: they share one event log. */
let count = 0;

const textOf = (plugins: readonly Record<string, unknown>[]): string => {
  const configuration = new DeclarativeConfiguration({
    plugins: bundledPlugins,
    routerFlavor: "traditional_compatible",
    clock: webClock,
    random: webRandom,
  });
  const loaded = configuration.read({
    _format_version: "3.0",
    routes: [{ name: "r", paths: ["/"], plugins }],
  });
  if (!loaded.ok) throw new Error(loaded.error.message);
  return JSON.stringify(configuration.tables(loaded));
};
const answering = (message: string) =>
  textOf([{ name: "request-termination", config: { status_code: 200, message } }]);

/** The edge around one isolate, with what can go wrong. */
class World {
  readonly clock = new MemoryClock();
  readonly double = new KvDouble(this.clock);
  readonly kv = this.double.location();
  readonly reads: string[] = [];
  /** What the control plane holds. */
  newest: { version: string; text: string } | undefined;
  isControlDown = false;
  /** Reads of KV that never end: the request that made them was given up. */
  isCut = false;
  private worker = createWorker();

  recycle(): void {
    this.worker = createWorker();
  }

  private get env(): Env {
    const read = <T>(key: string, work: () => T): T => {
      this.reads.push(key);
      return this.isCut ? (new Promise(() => undefined) as T) : work();
    };
    const kv = this.kv;
    return {
      ...real,
      DB_UPDATE_FREQUENCY: "0",
      CONFIG: {
        get: (key: string) => read(key, () => kv.get(key)),
        getWithMetadata: (key: string, options: { type: "stream" }) =>
          read(key, () => kv.getWithMetadata(key, options)),
      } as unknown as KVNamespace,
      CONTROL: {
        getByName: () => ({
          newest: async (known: string | undefined) => {
            if (this.isControlDown) throw new Error("the control plane is down");
            return this.newest && isNewer(this.newest.version, known) ? this.newest : undefined;
          },
        }),
      } as never,
      ...(this.isControlDown && {
        EVENTS: { getByName: () => ({ head: () => Promise.reject(new Error("down")) }) } as never,
      }),
    };
  }

  async ask(): Promise<Response> {
    const context = createExecutionContext();
    const request = new Request("http://edge.test/") as Parameters<NonNullable<typeof this.worker.fetch>>[0];
    const response = await this.worker.fetch!(request, this.env, context);
    // A cut isolate leaves work behind that never ends.
    if (!this.isCut) await waitOnExecutionContext(context);
    return response;
  }

  async said(): Promise<string> {
    const response = await this.ask();
    return (await response.json<{ message: string }>()).message;
  }

  /** Publishes somewhere else. @returns The version. */
  async publish(text: string, isTold = true): Promise<string> {
    const version = String(++count);
    this.newest = { version, text };
    await new KvConfigurations(this.double.location(), isTold ? events : undefined).publish({
      version,
      text,
    });
    return version;
  }
}

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => vi.restoreAllMocks());

describe("at the edge", () => {
  test("an isolate begins with one read of KV", async () => {
    await world.publish(answering("one"));
    expect(await world.said()).toBe("one");
    expect(world.reads[0]).toBe("current");
    world.recycle();
    world.reads.length = 0;
    world.isControlDown = true;
    expect([await world.said(), world.reads]).toEqual(["one", ["current"]]);
  });

  test("with KV a minute behind, nothing is served after its successor", async () => {
    await world.publish(answering("old"));
    expect(await world.said()).toBe("old");
    // This location remembers for a minute that there is no such version.
    await world.kv.get(`snap:${count + 1}`);
    await world.publish(answering("new"));
    await expect.poll(() => world.said()).toBe("new");
    for (let i = 0; i < 30; i++) expect(await world.said()).toBe("new");
    expect(await new KvConfigurations(world.kv).newest(String(count - 1))).toBeUndefined();
    world.clock.advance(60_000);
    expect(await world.said()).toBe("new");
  });

  test("without a control plane isolates serve on, and new ones begin", async () => {
    await world.publish(answering("kept"));
    expect(await world.said()).toBe("kept");
    world.isControlDown = true;
    for (let i = 0; i < 30; i++) {
      if (i % 10 === 0) world.recycle();
      expect(await world.said()).toBe("kept");
    }
  });

  test("what could not be had when it was told is taken when it can", async () => {
    await world.publish(answering("before"));
    expect(await world.said()).toBe("before");
    await world.kv.get(`snap:${count + 1}`);
    world.isControlDown = true;
    await world.publish(answering("after"));
    world.isControlDown = false;
    const { newest } = world;
    world.newest = undefined;
    expect(await world.said()).toBe("before");
    world.newest = newest;
    await expect.poll(() => world.said()).toBe("after");
  });

  test("a version that is refused changes nothing, and the next one does", async () => {
    await world.publish(answering("good"));
    expect(await world.said()).toBe("good");
    const unknown = { id: "p", name: "not-there", enabled: true, config: {} };
    await world.publish(JSON.stringify({ plugins: { p: unknown } }));
    await world.publish("{");
    for (let i = 0; i < 5; i++) expect(await world.said()).toBe("good");
    await world.publish(answering("better"));
    await expect.poll(() => world.said()).toBe("better");
  });

  test("limits are exact over isolates that are recycled every 10 requests", async () => {
    const config = { year: 25, policy: "local" };
    await world.publish(
      textOf([
        { name: "rate-limiting", config },
        { name: "request-termination", config: { status_code: 200, message: "in" } },
      ]),
    );
    const statuses: number[] = [];
    for (let i = 0; i < 60; i += 10) {
      world.recycle();
      const ten = await Promise.all(Array.from({ length: 10 }, () => world.ask()));
      statuses.push(...ten.map(({ status }) => status));
      await Promise.all(ten.map((response) => response.text()));
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(25);
  });

  test("a first request that is cut holds up no other", async () => {
    await world.publish(answering("served"));
    world.isCut = true;
    const cut = world.ask().then((response) => response.text());
    world.isCut = false;
    expect(await world.said()).toBe("served");
    await cut;
  });

  test("a look that is cut is made again", async () => {
    await world.publish(answering("first"), false);
    expect(await world.said()).toBe("first");
    world.isCut = true;
    expect(await world.said()).toBe("first");
    world.isCut = false;
    await world.publish(answering("second"), false);
    world.clock.advance(60_000);
    const now = Date.now.bind(Date);
    vi.spyOn(Date, "now").mockImplementation(() => now() + 11_000);
    await expect.poll(() => world.said()).toBe("second");
  });
});

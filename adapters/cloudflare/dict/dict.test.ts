import { env, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { describeLock, describeLockSharing } from "../../../test/contracts/lock.ts";
import { describeSharedDict, describeSharing } from "../../../test/contracts/shareddict.ts";
import type { DictRows } from "./rows.ts";
import { DurableDict, DurableLock, type DictShard } from "../index.ts";

const namespace = (env as unknown as { DICT: DurableObjectNamespace<DictShard> }).DICT;
const shards = 2;
const smallBytes = 65_536;
let count = 0;

/** Reaches into every shard of a dict. */
const inside = async (name: string, work: (rows: DictRows) => void): Promise<void> => {
  for (let i = 0; i < shards; i++) {
    const stub = namespace.getByName(`dict:${name}:${i}`);
    await runInDurableObject(stub, (shard) => work((shard as unknown as { rows: DictRows }).rows));
  }
};

describeSharedDict("Durable Objects", async () => {
  const name = `contract ${++count}`;
  const small = new DurableDict(namespace, `${name} small`, shards);
  Object.assign(small, { capacityBytes: shards * smallBytes });
  await inside(`${name} small`, (rows) => void Object.assign(rows, { capacityBytes: smallBytes }));
  let passedMs = 0;
  return {
    dict: new DurableDict(namespace, name, shards),
    small,
    async pass(ms) {
      passedMs += ms;
      for (const one of [name, `${name} small`])
        await inside(one, (rows) => (rows.clock = { nowMs: () => Date.now() + passedMs }));
    },
  };
});
describeSharing("Durable Objects", () => {
  const name = `shared ${++count}`;
  return Promise.resolve([new DurableDict(namespace, name), new DurableDict(namespace, name)]);
});

describeLock("Durable Objects", () => ({
  lock: new DurableLock(namespace, `contract ${++count}`, shards),
  pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  unitMs: 5,
}));
describeLockSharing("Durable Objects", () => {
  const name = `shared ${++count}`;
  return Promise.resolve([new DurableLock(namespace, name), new DurableLock(namespace, name)]);
});

test("what was written outlives the object's memory, lists and leases too", async () => {
  const dict = new DurableDict(namespace, "lasting", 1);
  const lock = new DurableLock(namespace, "lasting", 1);
  await dict.set("k", "v");
  await dict.rpush("l", 1);
  expect(await lock.acquire("a", 60_000, 0)).toBeDefined();
  for (const name of ["dict:lasting:0", "lock:lasting:0"]) {
    const ended = runInDurableObject(namespace.getByName(name), (_, state) =>
      state.abort("ended by the test"),
    );
    await expect(ended).rejects.toThrow();
  }
  expect([await dict.get("k"), await dict.llen("l")]).toEqual(["v", 1]);
  expect(await lock.acquire("a", 60_000, 0)).toBeUndefined();
});

import { workerData } from "node:worker_threads";
import { createZone, ZoneDict } from "../../adapters/node/zone/index.ts";

/** What a hammering thread is born with. */
export interface HammerData {
  /** Has room for everything. */
  readonly zone: SharedArrayBuffer;
  /** Has not. */
  readonly small: SharedArrayBuffer;
  readonly owner: number;
  /** Infinity: until the end. */
  readonly operations: number;
  /** False: threads before had this one's keys, or are ended; values have to be whole, no more. */
  readonly isExact: boolean;
  /** Of all threads: operations done, sums of what was counted and of what was pushed and popped. */
  readonly progress: SharedArrayBuffer;
  /** Not 0: throw. */
  readonly crash: SharedArrayBuffer;
}

export const slots = { operations: 0, counted: 1, pushed: 2, popped: 3, wrong: 4, size: 8 } as const;
/** Number of counters that all threads share. */
export const counters = 7;

export const zonesFor = (): Pick<HammerData, "zone" | "small"> => ({
  zone: createZone(32 << 20),
  small: createZone(1 << 18),
});

/** A text that was written in one piece: one number again and again. */
const isWhole = (text: string): boolean => {
  const unit = text.slice(0, text.indexOf(":") + 1) || text;
  return unit.repeat(text.length / unit.length) === text;
};

/**
 * Mixed operations on keys of this thread's own, compared with a model: what is read is what was written last, or
 * nothing where it had to give way. Beside that counters and a queue that all threads share.
 */
const hammer = ({ zone, small, owner, operations, isExact, progress, crash }: HammerData): void => {
  const clock = { nowMs: () => Date.now() };
  const roomy = new ZoneDict(zone, clock, owner);
  const tight = new ZoneDict(small, clock, owner);
  const told = new Float64Array(progress).subarray(owner * slots.size);
  const stop = new Int32Array(crash);
  const models = [new Map<string, string>(), new Map<string, string>()];
  let seed = owner * 48_271;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const expectSame = (isSame: boolean): void => {
    if (!isSame) told[slots.wrong]! += 1;
  };
  for (let i = 1; i <= operations; i++) {
    const isTight = random(2);
    const dict = isTight ? tight : roomy;
    const model = models[isTight]!;
    const key = `${owner}:${random(500)}`;
    const was = model.get(key);
    switch (random(10)) {
      case 0:
      case 1: {
        const text = `${i}:`.repeat(1 + random(120));
        expectSame(dict.set(key, text) !== "full" || isTight === 1);
        model.set(key, text);
        break;
      }
      case 2:
      case 3:
      case 4: {
        const found = dict.get(key);
        if (!isExact) expectSame(found === undefined || isWhole(found as string));
        else expectSame(found === was || (isTight === 1 && found === undefined));
        break;
      }
      case 5: {
        const result = dict.add(key, `${i}`);
        expectSame(!isExact || isTight === 1 || (result === "exists") === (was !== undefined));
        if (result === "stored" || result === "evicting") model.set(key, `${i}`);
        break;
      }
      case 6:
        dict.delete(key);
        model.delete(key);
        break;
      case 7:
        roomy.incr(`count${random(counters)}`, 1, 0);
        told[slots.counted]! += 1;
        break;
      case 8:
        if (roomy.llen("queue") < 1000) {
          roomy.rpush("queue", i);
          told[slots.pushed]! += i;
        }
        break;
      default: {
        const taken = roomy.lpop("queue");
        if (taken !== undefined) told[slots.popped]! += taken as number;
      }
    }
    told[slots.operations] = i;
    if ((i & 255) === 0 && Atomics.load(stop, 0) !== 0) throw new Error("crashed as asked");
  }
};

if (workerData !== null && typeof workerData === "object" && "small" in workerData)
  hammer(workerData as HammerData);

import { shardHead } from "./layout.ts";

/** Set in a latch's word beside the owner: somebody sleeps at it. */
const contended = 1 << 30;
const ownerMask = contended - 1;
const spins = 200;

/**
 * Rounds of a millisecond after which a latch is taken from an owner that did not move: nobody is inside for longer
 * than a few milliseconds. Rounds, not time: a process that was stopped as a whole takes nothing from itself.
 */
const deadRounds = 1000;

/**
 * Mutual exclusion of threads for less than microseconds, by a word of shared memory that holds the owner. Spins, then
 * sleeps. An owner that ends inside is freed by {@link freeLatch}, or after {@link deadRounds} by who waits.
 */
export class Latch {
  private readonly words: Int32Array;
  private readonly owner: number;

  /** @param owner From 1 to 2^20, of one living thread only. */
  constructor(words: Int32Array, owner: number) {
    if (!(owner >= 1 && owner <= 1 << 20)) throw new RangeError("an owner is a number from 1 to 2^20");
    this.words = words;
    this.owner = owner;
  }

  /** @param shard The shard's first word. */
  enter(shard: number): void {
    const { words } = this;
    if (Atomics.compareExchange(words, shard, 0, this.owner) !== 0) this.wait(shard);
    words[shard + shardHead.turn]! += 1;
  }

  leave(shard: number): void {
    const seen = Atomics.compareExchange(this.words, shard, this.owner, 0);
    if (seen !== this.owner) this.wake(shard, seen);
  }

  private wake(shard: number, seen: number): void {
    // Anything else: the latch was taken from this thread, it is not its to free.
    if ((seen & ownerMask) !== this.owner) return;
    Atomics.store(this.words, shard, 0);
    Atomics.notify(this.words, shard, 1);
  }

  private wait(shard: number): void {
    const { words, owner } = this;
    for (let i = 0; i < spins; i++) {
      if (Atomics.load(words, shard) === 0 && Atomics.compareExchange(words, shard, 0, owner) === 0) return;
    }
    let [holder, turn, rounds] = [0, 0, 0];
    for (;;) {
      const seen = Atomics.load(words, shard);
      if (seen === 0) {
        // Others may sleep still: who comes out wakes the next.
        if (Atomics.compareExchange(words, shard, 0, owner | contended) === 0) return;
        continue;
      }
      const marked = seen | contended;
      if (seen !== marked && Atomics.compareExchange(words, shard, seen, marked) !== seen) continue;
      const turnNow = Atomics.load(words, shard + shardHead.turn);
      if (marked !== holder || turnNow !== turn) [holder, turn, rounds] = [marked, turnNow, 0];
      else if (++rounds > deadRounds) {
        if (Atomics.compareExchange(words, shard, marked, owner | contended) === marked) return;
      }
      Atomics.wait(words, shard, marked, 1);
    }
  }
}

/** Opens the latch of an owner that is no more. Call it when a thread ended. */
export const freeLatch = (words: Int32Array, shard: number, owner: number): void => {
  for (;;) {
    const seen = Atomics.load(words, shard);
    if ((seen & ownerMask) !== owner) return;
    if (Atomics.compareExchange(words, shard, seen, 0) === seen) break;
  }
  Atomics.notify(words, shard, 1);
};

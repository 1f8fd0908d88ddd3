import type { Clock, SharedDict } from "../../core/index.ts";

const slotsPerBucket = 8;
// A slot: two halves of the key's hash, the value, the end of its life; a bucket begins with its lock.
const slotBytes = 24;
const bucketBytes = 8 + slotsPerBucket * slotBytes;

/** Milliseconds after which a lock is taken over: its owner died, nothing holds one for more than microseconds. */
const staleLockMs = 200;

/** @param bytes Size of the zone, e.g. 12 MiB for 495,000 counters. */
export const createZone = (bytes: number): SharedArrayBuffer => {
  const buckets = 2 ** Math.floor(Math.log2(Math.max(1, bytes / bucketBytes)));
  return new SharedArrayBuffer(buckets * bucketBytes);
};

/**
 * Counters that all threads share. A key is known by 64 bits of its hash: two of a million keys are mistaken for
 * each other with a probability below 10^-7. When the eight places of a bucket are taken, the counter that would end
 * first gives way.
 */
export class ZoneDict implements SharedDict {
  private readonly clock: Clock;
  private readonly owner: number;
  private readonly words: Int32Array;
  private readonly numbers: Float64Array;
  private readonly mask: number;
  private low = 0;
  private high = 0;

  /**
   * @param zone From {@link createZone}, the same for all threads.
   * @param owner A number from 1, another one for each thread.
   */
  constructor(zone: SharedArrayBuffer, clock: Clock, owner: number) {
    this.clock = clock;
    this.owner = owner;
    this.words = new Int32Array(zone);
    this.numbers = new Float64Array(zone);
    this.mask = zone.byteLength / bucketBytes - 1;
  }

  get(key: string): number | undefined {
    const lock = this.enter(key);
    const at = this.find(lock, this.clock.nowMs());
    const value = at < 0 ? undefined : this.numbers[at + 1];
    this.leave(lock);
    return value;
  }

  set(key: string, value: number, ttlMs: number): void {
    const lock = this.enter(key);
    const nowMs = this.clock.nowMs();
    const found = this.find(lock, nowMs);
    this.write(found < 0 ? this.place(lock, nowMs) : found, value, nowMs + ttlMs);
    this.leave(lock);
  }

  incr(key: string, by: number, init: number, ttlMs: number): number {
    const lock = this.enter(key);
    const nowMs = this.clock.nowMs();
    const found = this.find(lock, nowMs);
    let sum: number;
    if (found >= 0) sum = this.numbers[found + 1]! += by;
    else this.write(this.place(lock, nowMs), (sum = init + by), nowMs + ttlMs);
    this.leave(lock);
    return sum;
  }

  /** Two rounds of multiply and mix over the characters (MurmurHash3's constants), then each half is finished. */
  private hash(key: string): void {
    let a = 0x9747b28c ^ key.length;
    let b = 0x5bd1e995;
    for (let i = 0; i < key.length; i++) {
      const char = key.charCodeAt(i);
      a = Math.imul(a ^ char, 0x85ebca6b);
      a ^= a >>> 15;
      b = Math.imul(b ^ char, 0xc2b2ae35);
      b ^= b >>> 13;
    }
    a = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
    b = Math.imul(b ^ (b >>> 16), 0xc2b2ae35);
    this.low = a ^ (a >>> 13);
    this.high = b ^ (b >>> 16);
  }

  /** @returns The place of the bucket's lock, in words, held. */
  private enter(key: string): number {
    this.hash(key);
    const lock = ((this.low & this.mask) * bucketBytes) / 4;
    for (let spins = 0; spins < 100; spins++) {
      if (Atomics.compareExchange(this.words, lock, 0, this.owner) === 0) return lock;
    }
    this.wait(lock);
    return lock;
  }

  private wait(lock: number): void {
    const { words, owner } = this;
    let holder = 0;
    let sinceMs = performance.now();
    for (;;) {
      const seen = Atomics.compareExchange(words, lock, 0, owner);
      if (seen === 0) return;
      if (seen !== holder) {
        holder = seen;
        sinceMs = performance.now();
      } else if (performance.now() - sinceMs > staleLockMs) {
        if (Atomics.compareExchange(words, lock, holder, owner) === holder) return;
      }
      Atomics.wait(words, lock, seen, 1);
    }
  }

  private leave(lock: number): void {
    // Not for a lock that was taken over meanwhile.
    Atomics.compareExchange(this.words, lock, this.owner, 0);
  }

  /** @returns The place of the key's slot, in numbers of 8 bytes; -1 when it is absent or over. */
  private find(lock: number, nowMs: number): number {
    const { words, numbers, low, high } = this;
    for (let i = 0, at = lock + 2; i < slotsPerBucket; i++, at += slotBytes / 4) {
      if (words[at] === low && words[at + 1] === high && numbers[at / 2 + 2]! > nowMs) return at / 2;
    }
    return -1;
  }

  /** A place for a key that has none: the first that is over, else the one that ends first. */
  private place(lock: number, nowMs: number): number {
    const { numbers } = this;
    let best = lock / 2 + 1;
    for (let i = 0, at = best; i < slotsPerBucket; i++, at += slotBytes / 8) {
      if (numbers[at + 2]! <= nowMs) return at;
      if (numbers[at + 2]! < numbers[best + 2]!) best = at;
    }
    return best;
  }

  private write(at: number, value: number, expiresAtMs: number): void {
    this.words[at * 2] = this.low;
    this.words[at * 2 + 1] = this.high;
    this.numbers[at + 1] = value;
    this.numbers[at + 2] = expiresAtMs;
  }
}

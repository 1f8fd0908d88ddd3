import type { Clock, Lease, Lock, Timers } from "../../../core/index.ts";
import { ZoneDict } from "./dict.ts";
import { wakeWords, zoneHead } from "./layout.ts";

/** Tokens of one owner: 2^32 of them, then they begin anew. */
const tokens = 2 ** 32;

/**
 * Locks that all threads of a process share. A lease is a number in a zone: whose it is, and which. Who waits sleeps at
 * a word of the zone without holding up its event loop, and is woken at the release or when the lease is over.
 */
export class ZoneLock implements Lock {
  private readonly dict: ZoneDict;
  private readonly words: Int32Array;
  private readonly timers: Pick<Timers, "at">;
  private readonly owner: number;
  private readonly waiting = new Map<string, number>();
  private count = 0;

  /**
   * @param zone Of locks alone, with room for every lock that is held at a time: `acquire` throws RangeError without.
   * @param timers End waits.
   * @param owner As for {@link ZoneDict}.
   */
  constructor(
    zone: SharedArrayBuffer,
    clock: Pick<Clock, "nowMs">,
    timers: Pick<Timers, "at">,
    owner: number,
  ) {
    this.dict = new ZoneDict(zone, clock, owner);
    this.words = new Int32Array(zone);
    this.timers = timers;
    this.owner = owner;
  }

  acquire(key: string, leaseMs: number, timeoutMs: number): Lease | undefined | Promise<Lease | undefined> {
    // Who comes later does not overtake those who wait.
    const lease = this.waiting.has(key) ? undefined : this.grant(key, leaseMs);
    if (lease !== undefined || timeoutMs <= 0) return lease;
    return this.wait(key, leaseMs, timeoutMs);
  }

  private grant(key: string, leaseMs: number): Lease | undefined {
    this.count = (this.count + 1) % tokens;
    const token = this.owner * tokens + this.count;
    const written = this.dict.safeAdd(key, token, leaseMs);
    if (written === "exists") return undefined;
    if (written === "full") throw new RangeError("no memory for a lock");
    return {
      extend: (forMs) => this.dict.expireIf(key, token, forMs),
      release: () => {
        if (this.dict.deleteIf(key, token)) this.wake(this.wordOf(key));
      },
    };
  }

  private async wait(key: string, leaseMs: number, timeoutMs: number): Promise<Lease | undefined> {
    const word = this.wordOf(key);
    let isLate = false;
    const cancel = this.timers.at(timeoutMs, "lock timeout", () => {
      isLate = true;
      this.wake(word);
    });
    this.waiting.set(key, (this.waiting.get(key) ?? 0) + 1);
    try {
      for (let isFirst = this.waiting.get(key) === 1; ; isFirst = true) {
        // What is woken between this reading and the sleep is noticed: the word is another one then.
        const seen = Atomics.load(this.words, word);
        const lease = isFirst ? this.grant(key, leaseMs) : undefined;
        if (lease !== undefined || isLate) return lease;
        await this.sleep(key, word, seen);
      }
    } finally {
      cancel();
      const left = this.waiting.get(key)! - 1;
      if (left === 0) this.waiting.delete(key);
      else this.waiting.set(key, left);
    }
  }

  private async sleep(key: string, word: number, seen: number): Promise<void> {
    const wait = Atomics.waitAsync(this.words, word, seen);
    if (!wait.async) return;
    const leftMs = this.dict.ttl(key) ?? 0;
    const cancel = this.timers.at(leftMs, "lock lease", () => this.wake(word));
    await wait.value;
    cancel();
  }

  private wake(word: number): void {
    Atomics.add(this.words, word, 1);
    Atomics.notify(this.words, word);
  }

  /** Keys share words: who is woken for another's sake looks and sleeps again. */
  private wordOf(key: string): number {
    let hash = 0;
    for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
    return zoneHead.wakeWords + ((hash >>> 0) % wakeWords);
  }

  /** Ends the leases of a thread that ended, and lets go of what it held in the zone. */
  free(owner: number): void {
    this.dict.free(owner);
    for (const key of this.dict.keys(Infinity)) {
      const token = this.dict.get(key);
      if (typeof token === "number" && Math.floor(token / tokens) === owner) this.dict.deleteIf(key, token);
    }
    for (let i = 0; i < wakeWords; i++) this.wake(zoneHead.wakeWords + i);
  }
}

import type { Random } from "../../core/index.ts";

/** Repeatable randomness: the same seed, the same bytes. @see Marsaglia, Xorshift RNGs (2003) */
export class MemoryRandom implements Random {
  private state: number;

  constructor(seed = 1) {
    this.state = seed >>> 0 || 1;
  }

  private next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state;
  }

  fill(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.next() & 0xff;
  }

  fraction(): number {
    return this.next() / 2 ** 32;
  }
}

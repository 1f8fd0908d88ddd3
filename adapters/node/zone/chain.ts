import { blockWords, entryWord, firstPayload } from "./layout.ts";

/**
 * Walks the payload of an entry, word by word over its blocks. One walker serves one call after the other and
 * allocates nothing.
 */
export class Chain {
  private readonly words: Int32Array;
  /** First word of the block, the word to come, the word behind the block. */
  private block = 0;
  private at = 0;
  private end = 0;

  constructor(words: Int32Array) {
    this.words = words;
  }

  /** @param entry The entry's first word. */
  start(entry: number): void {
    this.block = entry;
    this.at = entry + firstPayload;
    this.end = entry + blockWords;
  }

  private turn(): void {
    this.block = this.words[this.block + entryWord.next]! * blockWords;
    this.at = this.block + 1;
    this.end = this.block + blockWords;
  }

  skip(count: number): void {
    let left = count;
    while (left > this.end - this.at) {
      left -= this.end - this.at;
      this.turn();
    }
    this.at += left;
  }

  equals(source: Int32Array, count: number): boolean {
    const { words } = this;
    for (let i = 0; i < count;) {
      if (this.at === this.end) this.turn();
      const stop = Math.min(count, i + this.end - this.at);
      let { at } = this;
      for (; i < stop; i++, at++) if (words[at] !== source[i]) return false;
      this.at = at;
    }
    return true;
  }

  // Loops over words: a subarray for each block would cost more than copying its 124 bytes.
  write(source: Int32Array, count: number): void {
    const { words } = this;
    for (let i = 0; i < count;) {
      if (this.at === this.end) this.turn();
      const stop = Math.min(count, i + this.end - this.at);
      let { at } = this;
      for (; i < stop; i++, at++) words[at] = source[i]!;
      this.at = at;
    }
  }

  read(target: Int32Array, count: number): void {
    const { words } = this;
    for (let i = 0; i < count;) {
      if (this.at === this.end) this.turn();
      const stop = Math.min(count, i + this.end - this.at);
      let { at } = this;
      for (; i < stop; i++, at++) target[i] = words[at]!;
      this.at = at;
    }
  }
}

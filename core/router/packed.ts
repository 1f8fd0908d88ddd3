import { toByteString } from "../http/utf8.ts";

export const hashSeed = 0x811c9dc5 | 0;

/** The hash of a text that goes on with four more bytes. */
export function hashWord(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x85ebca6b);
  // A product tells its upper bits about the lower ones only.
  return product ^ (product >>> 15);
}

/** Spreads a hash within a scope over all of 30 bits. */
export function mix(scope: number, hash: number): number {
  let mixed = Math.imul(hash ^ Math.imul(scope, 0x9e3779b1), 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 13)) & 0x3fffffff;
}

/** The bytes of a word that belong to a text which ends in it. @param length Of the text, in bytes. */
export const restMask = (length: number): number => (1 << ((length & 3) << 3)) - 1;

/**
 * A byte string, four bytes to a word, with a hash of each of its prefixes: what tables look up and compare, a few
 * words instead of twenty characters. Used again and again.
 */
export class Packed {
  /** The byte string itself, for the bytes that tables don't keep. */
  text = "";
  /** The first byte in the lowest bits. Behind the text there may be anything. */
  words = new Int32Array(32);
  /** Hash of the first words, by their number. */
  hashes = new Int32Array(32).fill(hashSeed, 0, 1);

  /** Makes room for a text, or the part of one that is looked up. */
  reserve(bytes: number): void {
    if (bytes >> 2 < this.words.length - 1) return;
    this.words = new Int32Array((bytes >> 1) + 2);
    this.hashes = new Int32Array((bytes >> 1) + 2);
    this.hashes[0] = hashSeed;
  }

  /** Characters above U+00FF are taken as text and become UTF-8. */
  pack(text: string): this {
    const { length } = text;
    this.reserve(length);
    const { words, hashes } = this;
    let word = 0;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 255) return this.pack(toByteString(text));
      word |= code << ((i & 3) << 3);
      if ((i & 3) !== 3) continue;
      words[i >> 2] = word;
      hashes[(i >> 2) + 1] = hashWord(hashes[i >> 2]!, word);
      word = 0;
    }
    words[length >> 2] = word;
    this.text = text;
    return this;
  }

  /** The hash of the first `length` bytes. */
  hashOf(length: number): number {
    const whole = length >> 2;
    return hashWord(this.hashes[whole]!, this.words[whole]! & restMask(length));
  }

  /** The stem of the first `length` bytes in a scope, for {@link Filter}. */
  stemOf(scope: number, length: number): number {
    return mix(scope, this.hashes[(length >> 3) << 1]!);
  }
}

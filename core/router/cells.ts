import { Packed, hashSeed, hashWord, mix, restMask } from "./packed.ts";

/** Of a key, which is a line of the processor's cache: hash, scope, length, and 52 bytes of text. */
const cellWords = 16;
const cellShift = 4;
const scopeWord = 1;
const lengthWord = 2;
const textWord = 3;
const textWords = cellWords - textWord;

const freeSlot = -1;
/** Bits of a hash that choose the page of a table; those above choose the slot. */
export const pageBits = 8;

/** For texts that a cell has no room for. */
const long = new Packed();

/** Slots for so many keys: a power of two, at most three quarters of them taken. */
const slotsFor = (capacity: number): number => 2 ** Math.ceil(Math.log2((capacity * 4) / 3 + 1));

/**
 * Keys of a page, each a text in a scope, numbered as they came; a key keeps its number. They lie one behind the other,
 * so that none of their memory is spare, with their hashes, so that a look-up reads one line of it; slots tell where.
 */
export class Keys {
  /** Number of a key in as many lower bits as the slots have numbers, above them those of its hash. */
  private readonly slots: Int32Array;
  private readonly cells: Int32Array;
  /** By number, whole texts that are longer than a cell. */
  private readonly texts: string[] = [];
  private count = 0;

  /** @param capacity Keys that there is room for. */
  constructor(capacity: number) {
    this.slots = new Int32Array(slotsFor(capacity)).fill(freeSlot);
    this.cells = new Int32Array(capacity << cellShift);
  }

  get isFull(): boolean {
    return this.count << cellShift >= this.cells.length;
  }

  /** The number of a key, the first `length` bytes of `packed` in a scope; -1 when it isn't there. */
  find(mixed: number, scope: number, packed: Packed, length: number): number {
    const { slots } = this;
    const last = slots.length - 1;
    for (let slot = (mixed >>> pageBits) & last; ; slot = (slot + 1) & last) {
      const found = slots[slot]!;
      if (found === freeSlot) return -1;
      if ((found ^ mixed) <= last && this.isAt(found & last, scope, packed, length)) return found & last;
    }
  }

  private isAt(number: number, scope: number, { words, text }: Packed, length: number): boolean {
    const { cells } = this;
    const at = number << cellShift;
    if (cells[at + scopeWord] !== scope || cells[at + lengthWord] !== length) return false;
    const whole = length >> 2;
    const first = at + textWord;
    if (whole >= textWords) return text.startsWith(this.texts[number]!);
    for (let i = 0; i < whole; i++) if (cells[first + i] !== words[i]) return false;
    return cells[first + whole] === (words[whole]! & restMask(length));
  }

  /** The number that a new key gets; there must be room. */
  private add(mixed: number): number {
    const { slots } = this;
    const last = slots.length - 1;
    let slot = (mixed >>> pageBits) & last;
    while (slots[slot] !== freeSlot) slot = (slot + 1) & last;
    slots[slot] = (mixed & ~last) | this.count;
    return this.count++;
  }

  /** The number of a key, all of `packed`; there must be room for it. */
  findOrAdd(mixed: number, scope: number, packed: Packed): number {
    const { words, text } = packed;
    const { length } = text;
    const found = this.find(mixed, scope, packed, length);
    if (found >= 0) return found;
    const { cells } = this;
    const number = this.add(mixed);
    const at = number << cellShift;
    const whole = length >> 2;
    cells[at] = mixed;
    cells[at + scopeWord] = scope;
    cells[at + lengthWord] = length;
    if (whole < textWords) {
      for (let i = 0; i < whole; i++) cells[at + textWord + i] = words[i]!;
      cells[at + textWord + whole] = words[whole]! & restMask(length);
    } else this.texts[number] = text;
    return number;
  }

  /** Takes a key of others that is not here; there must be room for it. @returns Its number. */
  adopt(from: Keys, theirs: number): number {
    const number = this.add(from.hashAt(theirs));
    const at = number << cellShift;
    const start = theirs << cellShift;
    for (let i = 0; i < cellWords; i++) this.cells[at + i] = from.cells[start + i]!;
    const text = from.texts[theirs];
    if (text !== undefined) this.texts[number] = text;
    return number;
  }

  hashAt(number: number): number {
    return this.cells[number << cellShift]!;
  }

  lengthAt(number: number): number {
    return this.cells[(number << cellShift) + lengthWord]!;
  }

  /** As {@link Packed.stemOf} tells it. */
  stemAt(number: number): number {
    const { cells } = this;
    const at = number << cellShift;
    const text = this.texts[number];
    const scope = cells[at + scopeWord]!;
    const length = cells[at + lengthWord]!;
    if (text !== undefined) return long.pack(text).stemOf(scope, length);
    let hash = hashSeed;
    const words = (length >> 3) << 1;
    for (let i = 0; i < words; i++) hash = hashWord(hash, cells[at + textWord + i]!);
    return mix(scope, hash);
  }
}

import { Packed, hashSeed, hashWord, mix, restMask } from "./packed.ts";

/** Of a slot, which is a line of the processor's cache: hash, scope, length, and 52 bytes of text. */
const slotWords = 16;
const slotShift = 4;
const scopeWord = 1;
const lengthWord = 2;
const textWord = 3;
const textWords = slotWords - textWord;

/** The hash of an empty slot. */
const nobody = -1;
/** Bits of a hash that choose the page of a table; those above choose the slot. */
export const pageBits = 8;
/** At most half of the slots are taken. */
export const spareSlots = 2;

/** For texts that a slot has no room for. */
const long = new Packed();

/**
 * Keys of a page, each a text in a scope: side by side with its hash, so that a look-up reads one line of memory. A key
 * lies in the slot of its hash or in one of those behind it, and never leaves.
 */
export class Keys {
  private readonly cells: Int32Array;
  /** By slot, whole texts that are longer than a slot. */
  private readonly texts: string[] = [];
  private count = 0;

  /** @param slots A power of two. */
  constructor(slots: number) {
    this.cells = new Int32Array(slots << slotShift);
    for (let at = 0; at < this.cells.length; at += slotWords) this.cells[at] = nobody;
  }

  get isFull(): boolean {
    return (this.count * spareSlots) << slotShift >= this.cells.length;
  }

  /** The slot of a key, the first `length` bytes of `packed` in a scope; -1 when it isn't there. */
  find(mixed: number, scope: number, packed: Packed, length: number): number {
    const { cells } = this;
    const last = cells.length - slotWords;
    for (let at = ((mixed >>> pageBits) << slotShift) & last; ; at = (at + slotWords) & last) {
      const found = cells[at]!;
      if (found === nobody) return -1;
      if (found === mixed && this.isAt(at, scope, packed, length)) return at >> slotShift;
    }
  }

  private isAt(at: number, scope: number, { words, text }: Packed, length: number): boolean {
    const { cells } = this;
    if (cells[at + scopeWord] !== scope || cells[at + lengthWord] !== length) return false;
    const whole = length >> 2;
    const first = at + textWord;
    if (whole >= textWords) return text.startsWith(this.texts[at >> slotShift]!);
    for (let i = 0; i < whole; i++) if (cells[first + i] !== words[i]) return false;
    return cells[first + whole] === (words[whole]! & restMask(length));
  }

  private freeSlot(mixed: number): number {
    const { cells } = this;
    const last = cells.length - slotWords;
    let at = ((mixed >>> pageBits) << slotShift) & last;
    while (cells[at] !== nobody) at = (at + slotWords) & last;
    this.count++;
    return at;
  }

  /** The slot of a key, all of `packed`; there must be a free one. */
  findOrAdd(mixed: number, scope: number, packed: Packed): number {
    const { words, text } = packed;
    const { length } = text;
    const found = this.find(mixed, scope, packed, length);
    if (found >= 0) return found;
    const { cells } = this;
    const at = this.freeSlot(mixed);
    const whole = length >> 2;
    cells[at] = mixed;
    cells[at + scopeWord] = scope;
    cells[at + lengthWord] = length;
    if (whole < textWords) {
      for (let i = 0; i < whole; i++) cells[at + textWord + i] = words[i]!;
      cells[at + textWord + whole] = words[whole]! & restMask(length);
    } else this.texts[at >> slotShift] = text;
    return at >> slotShift;
  }

  /** Takes a key of others that is not here. @returns Its slot. */
  adopt(from: Keys, slot: number): number {
    const start = slot << slotShift;
    const at = this.freeSlot(from.cells[start]!);
    this.cells.set(from.cells.subarray(start, start + slotWords), at);
    const text = from.texts[slot];
    if (text !== undefined) this.texts[at >> slotShift] = text;
    return at >> slotShift;
  }

  hashAt(slot: number): number {
    return this.cells[slot << slotShift]!;
  }

  lengthAt(slot: number): number {
    return this.cells[(slot << slotShift) + lengthWord]!;
  }

  /** As {@link Packed.stemOf} tells it. */
  stemAt(slot: number): number {
    const { cells } = this;
    const at = slot << slotShift;
    const text = this.texts[slot];
    const scope = cells[at + scopeWord]!;
    const length = cells[at + lengthWord]!;
    if (text !== undefined) return long.pack(text).stemOf(scope, length);
    let hash = hashSeed;
    const words = (length >> 3) << 1;
    for (let i = 0; i < words; i++) hash = hashWord(hash, cells[at + textWord + i]!);
    return mix(scope, hash);
  }
}

import type { Filter } from "./filter.ts";
import { Packed, hashSeed, hashWord, mix, restMask } from "./packed.ts";

/** A slot of a page: a line of the processor's cache. */
export const slotWords = 16;
const slotShift = 4;
const scopeWord = 1;
const lengthWord = 2;
const textWord = 3;
/** What of a text a slot has room for: 52 bytes. */
const textWords = slotWords - textWord;

/** The hash of an empty slot. */
const nobody = -1;
/** Bits of a hash that choose the page; those above choose the slot. */
export const pageBits = 8;
/** At most half of a page's slots are taken. */
export const spareSlots = 2;

const long = new Packed();

/**
 * A part of a table: slots with the hash of a key, its scope, the length of its text and the text itself, side by side,
 * so that a look-up reads one line of memory here and one for the value. A key lies in the slot of its hash or in one
 * of those behind it.
 */
export class Page<V> {
  readonly cells: Int32Array;
  readonly values: (V | undefined)[];
  /** By slot, whole texts that are longer than a slot; undefined while there is none. */
  private texts: (string | undefined)[] | undefined;
  count: number;

  private constructor(
    cells: Int32Array,
    values: (V | undefined)[],
    texts: (string | undefined)[] | undefined,
    count: number,
  ) {
    this.cells = cells;
    this.values = values;
    this.texts = texts;
    this.count = count;
  }

  static empty<V>(slots: number): Page<V> {
    const cells = new Int32Array(slots << slotShift);
    const values: undefined[] = [];
    for (let slot = 0; slot < slots; slot++) {
      cells[slot << slotShift] = nobody;
      values.push(undefined);
    }
    return new Page<V>(cells, values, undefined, 0);
  }

  copy(): Page<V> {
    return new Page(this.cells.slice(), this.values.slice(), this.texts?.slice(), this.count);
  }

  /** The value of a key, the first `length` bytes of `packed` in a scope. @param mixed The key's hash. */
  get(mixed: number, scope: number, packed: Packed, length: number): V | undefined {
    const { cells } = this;
    const last = cells.length - slotWords;
    for (let at = ((mixed >>> pageBits) << slotShift) & last; ; at = (at + slotWords) & last) {
      const found = cells[at]!;
      if (found === nobody) return undefined;
      if (found === mixed && this.isAt(at, scope, packed, length)) return this.values[at >> slotShift];
    }
  }

  private isAt(at: number, scope: number, { words, text }: Packed, length: number): boolean {
    const { cells } = this;
    if (cells[at + scopeWord] !== scope || cells[at + lengthWord] !== length) return false;
    const whole = length >> 2;
    const first = at + textWord;
    if (whole < textWords) {
      for (let i = 0; i < whole; i++) if (cells[first + i] !== words[i]) return false;
      return cells[first + whole] === (words[whole]! & restMask(length));
    }
    return text.startsWith(this.texts![at >> slotShift]!);
  }

  /** Where a key is, or would be. */
  private find(mixed: number, scope: number, packed: Packed, length: number): number {
    const { cells } = this;
    const last = cells.length - slotWords;
    let at = ((mixed >>> pageBits) << slotShift) & last;
    while (cells[at] !== nobody && (cells[at] !== mixed || !this.isAt(at, scope, packed, length)))
      at = (at + slotWords) & last;
    return at;
  }

  /** Keeps a value under all of `packed`; the page must not be full. @returns The value before. */
  set(mixed: number, scope: number, packed: Packed, value: V): V | undefined {
    const { length } = packed.text;
    const at = this.find(mixed, scope, packed, length);
    const old = this.values[at >> slotShift];
    this.values[at >> slotShift] = value;
    if (this.cells[at] === nobody) this.write(at, mixed, scope, packed);
    return old;
  }

  private write(at: number, mixed: number, scope: number, { words, text }: Packed): void {
    const { cells } = this;
    const { length } = text;
    const whole = length >> 2;
    cells[at] = mixed;
    cells[at + scopeWord] = scope;
    cells[at + lengthWord] = length;
    if (whole < textWords) {
      for (let i = 0; i < whole; i++) cells[at + textWord + i] = words[i]!;
      cells[at + textWord + whole] = words[whole]! & restMask(length);
    } else {
      this.texts ??= [];
      this.texts[at >> slotShift] = text;
    }
    this.count++;
  }

  /** Takes a key away, and moves up what was pushed behind it. @returns The value before. */
  delete(mixed: number, scope: number, packed: Packed): V | undefined {
    const { cells, values } = this;
    let free = this.find(mixed, scope, packed, packed.text.length);
    if (cells[free] === nobody) return undefined;
    const old = values[free >> slotShift];
    const last = cells.length - slotWords;
    for (let at = (free + slotWords) & last; cells[at] !== nobody; at = (at + slotWords) & last) {
      const home = (cells[at]! >>> pageBits) << slotShift;
      // Whoever's own slot lies between the free one and here stays.
      if (((at - home) & last) < ((at - free) & last)) continue;
      this.move(this, at, free);
      free = at;
    }
    cells[free] = nobody;
    values[free >> slotShift] = undefined;
    this.count--;
    return old;
  }

  private move(from: Page<V>, at: number, to: number): void {
    this.cells.set(from.cells.subarray(at, at + slotWords), to);
    this.values[to >> slotShift] = from.values[at >> slotShift];
    const text = from.texts?.[at >> slotShift];
    if (text === undefined) return;
    this.texts ??= [];
    this.texts[to >> slotShift] = text;
  }

  /** Takes a key from another page. */
  private adopt(from: Page<V>, at: number): void {
    const { cells } = this;
    const last = cells.length - slotWords;
    let to = ((from.cells[at]! >>> pageBits) << slotShift) & last;
    while (cells[to] !== nobody) to = (to + slotWords) & last;
    this.move(from, at, to);
    this.count++;
  }

  get isFull(): boolean {
    return (this.count * spareSlots) << slotShift >= this.cells.length;
  }

  /** The same keys in twice as many slots. */
  doubled(): Page<V> {
    const larger = Page.empty<V>((this.cells.length >> slotShift) * 2);
    this.handOut(() => larger);
    return larger;
  }

  /** Gives each key to the page that `pageOf` says for its hash; it must not be full. This one stays as it is. */
  handOut(pageOf: (mixed: number) => Page<V>): void {
    const { cells } = this;
    for (let at = 0; at < cells.length; at += slotWords)
      if (cells[at] !== nobody) pageOf(cells[at]!).adopt(this, at);
  }

  /** All values. */
  *all(): Generator<V> {
    const { cells, values } = this;
    for (let slot = 0; slot < values.length; slot++)
      if (cells[slot << slotShift] !== nobody) yield values[slot]!;
  }

  admitAll(filter: Filter): void {
    const { cells } = this;
    for (let at = 0; at < cells.length; at += slotWords) {
      if (cells[at] === nobody) continue;
      const length = cells[at + lengthWord]!;
      const whole = (length >> 3) << 1;
      let hash = hashSeed;
      if (length >> 2 < textWords)
        for (let i = 0; i < whole; i++) hash = hashWord(hash, cells[at + textWord + i]!);
      else hash = long.pack(this.texts![at >> slotShift]!).hashes[whole]!;
      filter.admit(mix(cells[at + scopeWord]!, hash), length);
    }
  }
}

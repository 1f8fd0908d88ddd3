import { hashOf } from "./hash.ts";

/**
 * A part of a table: for each slot the hash of a key, its scope, its text and its value, side by side, so that a look-up
 * reads one line of the processor's cache here. A key lies in the slot of its hash or in one of those behind it.
 */
type Page<V> = (number | string | V | undefined)[];

const cellsOfSlot = 4;
/** Where a slot has what. */
const scopeCell = 1;
const textCell = 2;
const valueCell = 3;
/** The hash of an empty slot. */
const nobody = -1;

/** A change of one key at 100,000 copies one of 256 pages of some 400 keys. */
const pageBits = 8;
const pageCount = 1 << pageBits;

/** At most half of a page's slots are taken. */
const spareSlots = 2;
/** At least so many bits of the filter for each key: of keys that are not there one in ten gets past it. */
const filterBits = 8;

/** Spreads the hash of a text within a scope over all bits. */
function mix(scope: number, hash: number): number {
  let mixed = Math.imul(hash ^ Math.imul(scope, 0x9e3779b1), 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  // 30 bits: a small integer, without a box, on every engine.
  return (mixed ^ (mixed >>> 13)) & 0x3fffffff;
}

const newPage = <V>(slots: number): Page<V> => {
  const page: Page<V> = [];
  for (let i = 0; i < slots; i++) page.push(nobody, 0, "", undefined);
  return page;
};

const emptyPages: readonly Page<never>[] = Array.from({ length: pageCount }, () => newPage<never>(2));

/**
 * A map from (scope, text) to values that never changes: an edit makes a new version that shares all pages but the
 * touched ones.
 *
 * A key that is not there is mostly turned away by a bit of the filter, which is small enough for the processor's
 * nearer caches; most look-ups of a router are such.
 */
export class Table<V> {
  readonly pages: readonly Page<V>[];
  /** Shared by versions: a bit too many costs a look now and then, never an answer. */
  readonly filter: Int32Array;
  readonly size: number;

  constructor(pages: readonly Page<V>[] = emptyPages, filter: Int32Array = new Int32Array(1), size = 0) {
    this.pages = pages;
    this.filter = filter;
    this.size = size;
  }

  /** @param hash Of the text, by `hash.ts`. */
  get(scope: number, text: string, hash = hashOf(text)): V | undefined {
    return this.getPrefix(scope, text, text.length, hash);
  }

  /** The value of the first `length` characters of `path`, without cutting them out. */
  getPrefix(scope: number, path: string, length: number, hash: number): V | undefined {
    const mixed = mix(scope, hash);
    const { filter } = this;
    if (((filter[(mixed >>> 5) & (filter.length - 1)]! >>> (mixed & 31)) & 1) === 0) return undefined;
    const page = this.pages[mixed & (pageCount - 1)]!;
    const last = page.length - 1;
    for (let at = ((mixed >>> pageBits) * cellsOfSlot) & last; ; at = (at + cellsOfSlot) & last) {
      const found = page[at] as number;
      if (found === mixed && page[at + scopeCell] === scope) {
        const text = page[at + textCell] as string;
        if (text.length === length && path.startsWith(text)) return page[at + valueCell] as V;
      } else if (found === nobody) return undefined;
    }
  }

  /** All values, in no order that means anything. */
  *values(): Generator<V> {
    for (const page of this.pages)
      for (let at = 0; at < page.length; at += cellsOfSlot)
        if (page[at] !== nobody) yield page[at + valueCell] as V;
  }

  /** @param growth About how many keys will be added: pages begin in that size. */
  edit(growth = 0): TableEditor<V> {
    return new TableEditor(this, growth);
  }
}

/** The first slot, from that of the hash on, that has the key or nobody. */
function slotOf<V>(page: Page<V>, scope: number, text: string, mixed: number): number {
  const last = page.length - 1;
  let at = ((mixed >>> pageBits) * cellsOfSlot) & last;
  while (
    page[at] !== nobody &&
    (page[at] !== mixed || page[at + scopeCell] !== scope || page[at + textCell] !== text)
  )
    at = (at + cellsOfSlot) & last;
  return at;
}

function put<V>(page: Page<V>, at: number, mixed: number, scope: number, text: string, value: V): void {
  page[at] = mixed;
  page[at + scopeCell] = scope;
  page[at + textCell] = text;
  page[at + valueCell] = value;
}

function doubled<V>(page: Page<V>): Page<V> {
  const larger = newPage<V>((page.length / cellsOfSlot) * 2);
  for (let at = 0; at < page.length; at += cellsOfSlot) {
    const mixed = page[at] as number;
    if (mixed === nobody) continue;
    const [scope, text] = [page[at + scopeCell] as number, page[at + textCell] as string];
    put(larger, slotOf(larger, scope, text, mixed), mixed, scope, text, page[at + valueCell] as V);
  }
  return larger;
}

/** Empties a slot and moves up what was pushed behind it. */
function vacate<V>(page: Page<V>, from: number): void {
  const last = page.length - 1;
  let free = from;
  for (let at = (free + cellsOfSlot) & last; page[at] !== nobody; at = (at + cellsOfSlot) & last) {
    const home = ((page[at] as number) >>> pageBits) * cellsOfSlot;
    // Whoever's own slot lies between the free one and here stays.
    if (((at - home) & last) < ((at - free) & last)) continue;
    page.copyWithin(free, at, at + cellsOfSlot);
    free = at;
  }
  put(page, free, nobody, 0, "", undefined as V);
}

function filterOf<V>(pages: readonly Page<V>[], size: number): Int32Array {
  let words = 1;
  while (words * 32 < size * filterBits) words *= 2;
  // Room to grow.
  const filter = new Int32Array(words * 2);
  for (const page of pages)
    for (let at = 0; at < page.length; at += cellsOfSlot) {
      const mixed = page[at] as number;
      if (mixed !== nobody) admit(filter, mixed);
    }
  return filter;
}

function admit(filter: Int32Array, mixed: number): void {
  filter[(mixed >>> 5) & (filter.length - 1)]! |= 1 << (mixed & 31);
}

/** A version of a table in the making. */
export class TableEditor<V> {
  private readonly pages: Page<V>[];
  private readonly before: Table<V>;
  /** By page, how many keys it has; -1 while it is still the other version's. */
  private readonly counts = new Int32Array(pageCount).fill(-1);
  private readonly added: number[] = [];
  private readonly firstSlots: number;
  private size: number;

  constructor(table: Table<V>, growth: number) {
    this.firstSlots = 2 ** Math.max(1, Math.ceil(Math.log2((growth * spareSlots) / pageCount)));
    this.before = table;
    this.pages = table.pages.slice();
    this.size = table.size;
  }

  get(scope: number, text: string): V | undefined {
    const mixed = mix(scope, hashOf(text));
    const page = this.pages[mixed & (pageCount - 1)]!;
    return page[slotOf(page, scope, text, mixed) + valueCell] as V | undefined;
  }

  /** The page of a hash, free to change. */
  private own(mixed: number): Page<V> {
    const at = mixed & (pageCount - 1);
    const page = this.pages[at]!;
    if (this.counts[at]! >= 0) return page;
    let count = 0;
    for (let slot = 0; slot < page.length; slot += cellsOfSlot) if (page[slot] !== nobody) count++;
    this.counts[at] = count;
    return (this.pages[at] = count === 0 ? newPage(this.firstSlots) : page.slice());
  }

  /** @returns The value before. */
  set(scope: number, text: string, value: V): V | undefined {
    const mixed = mix(scope, hashOf(text));
    let page = this.own(mixed);
    let slot = slotOf(page, scope, text, mixed);
    const old = page[slot + valueCell] as V | undefined;
    if (page[slot] === nobody) {
      const at = mixed & (pageCount - 1);
      if ((this.counts[at]! + 1) * spareSlots * cellsOfSlot > page.length) {
        page = this.pages[at] = doubled(page);
        slot = slotOf(page, scope, text, mixed);
      }
      this.counts[at]!++;
      this.size++;
      this.added.push(mixed);
    }
    put(page, slot, mixed, scope, text, value);
    return old;
  }

  /** @returns The value before. */
  delete(scope: number, text: string): V | undefined {
    const mixed = mix(scope, hashOf(text));
    const shared = this.pages[mixed & (pageCount - 1)]!;
    const slot = slotOf(shared, scope, text, mixed);
    if (shared[slot] === nobody) return undefined;
    const old = shared[slot + valueCell] as V;
    vacate(this.own(mixed), slot);
    this.counts[mixed & (pageCount - 1)]!--;
    this.size--;
    return old;
  }

  /** The new version. The editor must not be used afterwards. */
  commit(): Table<V> {
    return new Table(this.pages, this.filter(), this.size);
  }

  private filter(): Int32Array {
    const { pages, size, added } = this;
    const { filter } = this.before;
    const bits = filter.length * 32;
    if (bits < size * filterBits || bits > size * filterBits * 8) return filterOf(pages, size);
    for (const mixed of added) admit(filter, mixed);
    return filter;
  }
}

import { hashOf } from "./hash.ts";

/** One key and its value; chains of a slot share their tails between versions of a table. */
interface Node<V> {
  readonly hash: number;
  readonly scope: number;
  readonly text: string;
  readonly value: V;
  readonly next: Node<V> | undefined;
}

/** A part of a table: grows by itself, is copied when a later version changes it. */
interface Page<V> {
  readonly slots: (Node<V> | undefined)[];
  /**
   * By slot, a bit for each key in it, chosen by the key's hash: a key that isn't there is mostly turned away without
   * touching a node, which would be a miss in every cache of the machine.
   */
  readonly masks: Uint16Array;
  count: number;
}

/** 256 pages: a change of one key at 100,000 copies 256 references and a page of some 400. */
const pageBits = 8;
const pageCount = 1 << pageBits;

/** Spreads the hash of a text within a scope over all bits. */
function mix(scope: number, hash: number): number {
  let mixed = Math.imul(hash ^ Math.imul(scope, 0x9e3779b1), 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  // 30 bits: a small integer, without a box, on every engine.
  return (mixed ^ (mixed >>> 13)) & 0x3fffffff;
}

const bitOf = (mixed: number): number => 1 << (mixed >>> 26);

/** Slots for each key: fewer would lengthen the chains. */
const spareSlots = 2;

/**
 * A map from (scope, text) to values that never changes: an edit makes a new version that shares all pages but the
 * touched ones. A look-up is one page, one slot and mostly one node.
 */
export class Table<V> {
  readonly pages: readonly (Page<V> | undefined)[];
  readonly size: number;

  constructor(pages: readonly (Page<V> | undefined)[] = [], size = 0) {
    this.pages = pages;
    this.size = size;
  }

  /** @param hash Of the text, by `hash.ts`. */
  get(scope: number, text: string, hash = hashOf(text)): V | undefined {
    const mixed = mix(scope, hash);
    const page = this.pages[mixed & (pageCount - 1)];
    if (page === undefined) return undefined;
    const { masks } = page;
    const at = (mixed >>> pageBits) & (masks.length - 1);
    if ((masks[at]! & bitOf(mixed)) === 0) return undefined;
    let node = page.slots[at];
    while (node !== undefined) {
      if (node.hash === mixed && node.scope === scope && node.text === text) return node.value;
      node = node.next;
    }
    return undefined;
  }

  /** The value of the first `length` characters of `path`, without cutting them out. */
  getPrefix(scope: number, path: string, length: number, hash: number): V | undefined {
    const mixed = mix(scope, hash);
    const page = this.pages[mixed & (pageCount - 1)];
    if (page === undefined) return undefined;
    const { masks } = page;
    const at = (mixed >>> pageBits) & (masks.length - 1);
    if ((masks[at]! & bitOf(mixed)) === 0) return undefined;
    let node = page.slots[at];
    while (node !== undefined) {
      if (
        node.hash === mixed &&
        node.scope === scope &&
        node.text.length === length &&
        path.startsWith(node.text)
      )
        return node.value;
      node = node.next;
    }
    return undefined;
  }

  /** All values, in no order that means anything. */
  *values(): Generator<V> {
    for (const page of this.pages)
      for (const slot of page?.slots ?? []) for (let node = slot; node; node = node.next) yield node.value;
  }

  /** @param growth About how many keys will be added: pages begin in that size. */
  edit(growth = 0): TableEditor<V> {
    return new TableEditor(this, growth);
  }
}

function rehash<V>(page: Page<V>): Page<V> {
  const slots: (Node<V> | undefined)[] = Array.from({ length: page.slots.length * 2 });
  const masks = new Uint16Array(slots.length);
  for (const slot of page.slots)
    for (let node = slot; node; node = node.next) {
      const at = (node.hash >>> pageBits) & (slots.length - 1);
      slots[at] = { ...node, next: slots[at] };
      masks[at]! |= bitOf(node.hash);
    }
  return { slots, masks, count: page.count };
}

function maskOf<V>(node: Node<V> | undefined): number {
  let mask = 0;
  for (let at = node; at; at = at.next) mask |= bitOf(at.hash);
  return mask;
}

const without = <V>(node: Node<V> | undefined, unwanted: Node<V>): Node<V> | undefined =>
  node === undefined || node === unwanted ? node?.next : { ...node, next: without(node.next, unwanted) };

/** A version of a table in the making. */
export class TableEditor<V> {
  private readonly pages: (Page<V> | undefined)[];
  private readonly owned = new Set<Page<V>>();
  private size: number;
  private readonly firstSlots: number;

  constructor(table: Table<V>, growth: number) {
    this.firstSlots = 2 ** Math.max(1, Math.ceil(Math.log2((growth * spareSlots) / pageCount)));
    this.pages = table.pages.length > 0 ? table.pages.slice() : Array.from<undefined>({ length: pageCount });
    this.size = table.size;
  }

  private find(scope: number, text: string, mixed: number): Node<V> | undefined {
    const page = this.pages[mixed & (pageCount - 1)];
    let node = page?.slots[(mixed >>> pageBits) & (page.slots.length - 1)];
    while (node !== undefined && (node.hash !== mixed || node.scope !== scope || node.text !== text))
      node = node.next;
    return node;
  }

  get(scope: number, text: string): V | undefined {
    return this.find(scope, text, mix(scope, hashOf(text)))?.value;
  }

  /** The page of a hash, free to change. */
  private own(mixed: number): Page<V> {
    const at = mixed & (pageCount - 1);
    let page = this.pages[at];
    if (page && this.owned.has(page)) return page;
    page = page
      ? { slots: page.slots.slice(), masks: page.masks.slice(), count: page.count }
      : {
          slots: Array.from({ length: this.firstSlots }),
          masks: new Uint16Array(this.firstSlots),
          count: 0,
        };
    this.owned.add(page);
    this.pages[at] = page;
    return page;
  }

  /** @returns The value before. */
  set(scope: number, text: string, value: V): V | undefined {
    const mixed = mix(scope, hashOf(text));
    const old = this.find(scope, text, mixed);
    let page = this.own(mixed);
    if (!old) {
      if (page.count * spareSlots >= page.slots.length) {
        this.owned.delete(page);
        page = rehash(page);
        this.owned.add(page);
        this.pages[mixed & (pageCount - 1)] = page;
      }
      page.count++;
      this.size++;
    }
    const at = (mixed >>> pageBits) & (page.slots.length - 1);
    const rest = old ? without(page.slots[at], old) : page.slots[at];
    page.slots[at] = { hash: mixed, scope, text, value, next: rest };
    page.masks[at]! |= bitOf(mixed);
    return old?.value;
  }

  /** @returns The value before. */
  delete(scope: number, text: string): V | undefined {
    const mixed = mix(scope, hashOf(text));
    const old = this.find(scope, text, mixed);
    if (!old) return undefined;
    const page = this.own(mixed);
    const at = (mixed >>> pageBits) & (page.slots.length - 1);
    page.slots[at] = without(page.slots[at], old);
    page.masks[at] = maskOf(page.slots[at]);
    page.count--;
    this.size--;
    return old.value;
  }

  /** The new version. The editor must not be used afterwards. */
  commit(): Table<V> {
    return new Table(this.pages, this.size);
  }
}
